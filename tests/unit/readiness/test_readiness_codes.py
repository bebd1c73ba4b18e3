"""Every code that anything in the core can report is in the table, explained, and of a gate."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import tierline
from tierline.errors import UsageError
from tierline.facts.decision import Severity
from tierline.policy.model import EnvironmentKind
from tierline.readiness.codes import CODES, JUDGING
from tierline.readiness.codes_reading import READING_SLUGS
from tierline.readiness.explain import explain
from tierline.readiness.gates import GATE, GATES

SOURCE = Path(tierline.__file__).parent
SAID = re.compile(r'(?:\.defect|_refuse)\(\s*f?"([a-z0-9-]+)"')
WRITTEN = re.compile(r'"((?:%s|readiness)/[a-z0-9-]+)"' % "|".join(GATE))  # noqa: UP031 - braces
GATES_OF = {
    "api_contracts": ("proto-lint", "openapi-breaking"),
    "assemble": ("owners",),
    "canonical": ("index",),
    "compose": ("compose",),
    "compose_schema": ("compose",),
    "config": ("config",),
    "dotenv": ("config",),
    "event_contract": ("event-contracts",),
    "folders": ("structure",),
    "gomod": ("structure",),
    "index": ("index",),
    "k8s": ("manifests",),
    "k8s_pod": ("manifests",),
    "lifecycle": ("lifecycle",),
    "load_order": ("load-order",),
    "manifests": ("lifecycle", "alias-lineage"),
    "package_json": ("structure",),
    "service_folder": ("structure",),
    "pyproject": ("structure",),
    "release_file": ("release",),
    "settings_file": ("settings",),
    "settings_ids": ("settings",),
    "settings_kinds": ("settings",),
    "jsonfile": (),
    "reading": (),
    "source": (),
    "text": (),
    "tomltext": (),
    "yaml": (),
}
"""module of tierline.mesh -> the gates that its defects are of; none: of any that reads files"""


def test_every_defect_of_a_parser_is_in_the_table() -> None:
    missing: list[str] = []
    for path in sorted((SOURCE / "mesh").glob("*.py")):
        slugs = set(SAID.findall(path.read_text(encoding="utf-8")))
        if not slugs:
            continue
        assert path.stem in GATES_OF, f"say in this test which gate {path.name} speaks for"
        if not GATES_OF[path.stem]:
            missing += [f"{path.stem}: {slug}" for slug in slugs - READING_SLUGS]
        for gate in GATES_OF[path.stem]:
            missing += [f"{gate}/{slug}" for slug in slugs if f"{gate}/{slug}" not in CODES]
    assert missing == []


def test_every_code_that_a_gate_writes_is_in_the_table() -> None:
    files = [*(SOURCE / "readiness").glob("*.py"), *(SOURCE / "policy").glob("*.py")]
    written = {code for path in files for code in WRITTEN.findall(path.read_text(encoding="utf-8"))}
    assert len(written) > 40
    assert written - CODES.keys() == set()


def test_the_table_has_a_row_for_every_gate_in_order() -> None:
    assert tuple(gate.id for gate in GATES) == JUDGING
    for gate in GATES:
        assert gate.judge or gate.judge_service or gate.judge_found
        assert gate.title and gate.why and gate.needs and gate.documentation


@pytest.mark.parametrize("code", CODES)
def test_every_code_is_explained(code: str) -> None:
    row = CODES[code]
    assert row.title and row.why and row.fix
    assert row.gate in GATE or row.gate == "readiness"
    text = explain(code)
    assert text.startswith(f"{code}: {row.title}\n")
    assert "severity: local " in text


@pytest.mark.parametrize("gate", GATE)
def test_every_gate_is_explained_with_its_codes(gate: str) -> None:
    text = explain(gate)
    own = [code for code in CODES.values() if code.gate == gate]
    for code in own:
        assert code.code.partition("/")[2] in text


def test_production_is_never_more_lenient_than_local() -> None:
    rank = [Severity.OK, Severity.WARN, Severity.UNKNOWN, Severity.FAIL]
    lenient = [
        code.code
        for code in CODES.values()
        if rank.index(code.built_in(EnvironmentKind.PRODUCTION))
        < rank.index(code.built_in(EnvironmentKind.LOCAL))
    ]
    assert lenient == ["config/unresolved-variable", "config/only-deployed"]


def test_a_misspelt_code_names_the_nearest() -> None:
    with pytest.raises(UsageError, match="neither a gate nor a finding code") as caught:
        explain("structure/mising-file")
    assert "structure/missing-file" in caught.value.fix
    with pytest.raises(UsageError) as caught:
        explain("missing-state")
    assert "lifecycle/missing-state" in caught.value.fix
