"""Our comparison of payloads beside that of another program, case by case; where they differ is data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from made.contract_files import event_changes
from tierline.contracts.change import Side, broken, undecided

jsoncompat = pytest.importorskip("jsoncompat", reason="it has no wheel for this Python")

HERE = Path(__file__).parents[2] / "cases" / "contracts"
CASES: list[dict[str, Any]] = yaml.safe_load((HERE / "events.yaml").read_text(encoding="utf-8"))
DIFFERENT: dict[str, dict[str, list[str]]] = yaml.safe_load(
    (HERE / "jsoncompat.yaml").read_text(encoding="utf-8")
)
ROLES = {Side.READER: "serializer", Side.WRITER: "deserializer"}
"""who changes, seen from whom it breaks"""


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_both_say_the_same_but_where_we_know_why_not(case: dict[str, Any]) -> None:
    changes = event_changes(case["old"], case["new"])
    different: dict[str, list[str]] = {}
    for side, role in ROLES.items():
        ours = "safe"
        if side in broken(changes) | undecided(changes):
            ours = "breaks" if side in broken(changes) else "unknown"
        if ours != (theirs := _theirs(case, role)):
            different[str(side)] = [ours, theirs]
    assert different == DIFFERENT.get(case["name"], {})


def _theirs(case: dict[str, Any], role: str) -> str:
    old, new = json.dumps(case["old"]), json.dumps(case["new"])
    try:
        return "safe" if jsoncompat.check_compat(old, new, role) else "breaks"
    except ValueError:
        return "no answer"


def test_every_difference_is_of_a_case() -> None:
    assert DIFFERENT.keys() <= {case["name"] for case in CASES}


def test_what_both_prove_safe_is_most_of_it() -> None:
    assert len(DIFFERENT) < len(CASES) / 3
