"""What the gate manifests finds in changed manifests, each finding at its very place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from made.manifest_cases import found_by, shown
from made.manifests import manifests
from tierline.readiness.codes import CODES

CASES: list[dict[str, Any]] = yaml.safe_load(
    Path(__file__).parents[3].joinpath("cases/manifests.yaml").read_text(encoding="utf-8")
)


def test_manifests_as_they_should_be_have_no_findings() -> None:
    assert found_by({}) == []
    assert len(manifests("profile")) == 5


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_change_gives_its_findings_and_no_other(case: dict[str, Any]) -> None:
    found = found_by(case)
    assert shown(found) == sorted(case["expect"])
    if "message" in case:
        assert case["message"] in [one.message for one in found]
    assert [one.code for one in found if one.code not in CODES] == []


def test_every_code_of_the_gate_has_a_case() -> None:
    told = {line.split(" ")[0] for case in CASES for line in case["expect"]}
    own = {code.partition("/")[2] for code in CODES if code.startswith("manifests/")}
    of_the_release = {"version-assumed", "version-unknown"}
    of_any_file = {code.partition("/")[2] for code in CODES if code.startswith("structure/")}
    own_only = own - {code.partition("/")[2] for code in CODES if code.startswith("load-order/")}
    assert own_only - told - of_the_release - of_any_file == set()
