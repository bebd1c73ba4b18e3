"""Every case of tests/cases/readiness*.yaml: one change, the findings that follow, and no other."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from made.readiness_cases import filled, judged, shown
from tierline.facts.decision import Decision

CASES: list[dict[str, Any]] = [
    case
    for path in sorted(Path(__file__).parents[2].joinpath("cases").glob("readiness*.yaml"))
    for case in yaml.safe_load(path.read_text(encoding="utf-8"))
]
EXPECTATIONS = {"expect", "expect-codes", "expect-gates"}
CHANGES = {"name", "remove", "write", "edit", "append", "also", "kind"}


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_change_gives_its_findings_and_no_other(case: dict[str, Any]) -> None:
    assert case.keys() <= EXPECTATIONS | CHANGES
    assert len(case.keys() & EXPECTATIONS) == 1
    check = judged(case).check
    if "expect" in case:
        assert shown(check.findings) == sorted(filled(text) for text in case["expect"])
    if "expect-codes" in case:
        wanted = set(case["expect-codes"])
        assert {one.split()[1] for one in shown(check.findings)} == wanted
    for gate, status in case.get("expect-gates", {}).items():
        assert {one.gate: one.status for one in check.gates}[gate] == status


def test_the_small_mesh_itself_is_in_order() -> None:
    check = judged({}).check
    assert shown(check.findings) == []
    assert check.decision is Decision.GO


def test_every_finding_says_what_to_do() -> None:
    for case in CASES:
        for finding in judged(case).check.findings:
            assert finding.message, case["name"]
            assert finding.fix, (case["name"], finding.code)
