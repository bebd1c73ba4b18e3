"""What the documents say is what the code does, wherever both can be read."""

from __future__ import annotations

import re
from dataclasses import fields
from importlib import resources
from pathlib import Path

import pytest
from findings import page

from tierline.cli.main import TABLE
from tierline.facts.decision import Decision
from tierline.mesh.selection import Method
from tierline.policy.builtin import builtin
from tierline.policy.model import (
    DEMANDS,
    EnvironmentKind,
    EvidenceLimits,
    HorizonLimits,
    KeepLimits,
    Limits,
    WatchLimits,
)
from tierline.rollout.state import Kind, ServiceState
from tierline.scaffold.breaks import MODES

DOCS = Path(__file__).resolve().parent.parent / "docs"


def document(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def words_in_code(text: str) -> set[str]:
    """First words of everything between backticks."""
    return {span.split()[0] for span in re.findall(r"`([^`\n]+)`", text) if span.split()}


def test_every_command_is_described_and_no_other() -> None:
    part = document("reference/cli.md").partition("## Commands")[2].partition("\n## ")[0]
    cells = [line.split("|")[1] for line in part.splitlines() if line.startswith("| `")]
    assert {word for cell in cells for word in words_in_code(cell)} == set(TABLE)


def test_every_selection_method_is_described() -> None:
    text = document("reference/cli.md")
    missing = [one for one in Method if one is not Method.SERVICE and f"`{one}" not in text]
    assert missing == []


def test_every_schema_is_described() -> None:
    text = document("reference/machine-formats.md")
    shipped = resources.files("tierline.report").joinpath("schemas").iterdir()
    names = {entry.name.removesuffix(".json").replace("-1", "/1") for entry in shipped}
    assert "report/1" in names
    assert {name for name in names if f"`tierline/{name}`" not in text} == set()


def test_kinds_of_blocks_are_described() -> None:
    text = document("reference/machine-formats.md")
    assert [kind for kind in Kind if f"`{kind}`" not in text] == []


def test_states_of_services_are_described() -> None:
    text = document("concepts.md")
    assert [state for state in ServiceState if str(state) not in text] == []
    assert [one for one in Decision if str(one) not in text] == []


def test_every_way_to_break_a_service_is_described() -> None:
    text = document("quick-start.md")
    assert [mode for mode in MODES if f"`{mode}`" not in text and f"={mode}" not in text] == []


def test_the_page_of_findings_is_what_the_tables_say() -> None:
    assert document("reference/findings.md") == page(), "make format, or: python tools/findings.py"


_LIMITS = (Limits, WatchLimits, EvidenceLimits, HorizonLimits, KeepLimits)
LIMITS = [field.name for kind in _LIMITS for field in fields(kind)]


@pytest.mark.parametrize("key", [*DEMANDS, *LIMITS])
def test_every_key_of_a_policy_is_described(key: str) -> None:
    assert f"`{key}`" in document("reference/policy.md")


@pytest.mark.parametrize("kind", EnvironmentKind)
def test_the_built_in_policies_are_as_described(kind: EnvironmentKind) -> None:
    rows = {
        cells[1]: cells[2 + tuple(EnvironmentKind).index(kind)]
        for line in document("reference/policy.md").splitlines()
        if len(cells := [cell.strip() for cell in line.split("|")]) == 6
    }
    policy = builtin("anywhere", kind, "local")
    told = {
        "listed as implemented": "implemented",
        "this revision verified in staging": "staging",
        "test evidence": "tests",
        "test evidence by a trusted key": "trusted_tests",
        "externals": "externals",
        "contracts against what runs": "contracts",
        "a contract for each boundary": "boundaries",
        "logs, metrics, traces": "logs",
        "plan approved by somebody else": "approval",
    }
    assert {row: rows[row] for row in told} == {
        row: str(policy.demand(name)) for row, name in told.items()
    }
    assert rows["later tiers after a failure"] == (
        "go on" if policy.on_tier_failure == "continue" else "stay closed"
    )
