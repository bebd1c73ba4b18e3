"""Two OpenAPI documents and what changed between them: cases as data, whole answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from made.contract_files import brief
from made.openapi_files import PATH, openapi_changes
from tierline.contracts.change import Change, Side, broken, undecided
from tierline.mesh.defect import Place

_FILE = Path(__file__).parents[2] / "cases" / "contracts" / "openapi.yaml"
CASES: list[dict[str, Any]] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
ONE_WAY = {"an answer in another file"}
"""what is unknown one way hides what breaks the other way"""


def shown(change: Change) -> str:
    """As cases write it: with its subject, where that is not the one operation."""
    outcome, rest = brief((change,))[0].split(": ", 1)
    subject = "" if change.subject == "POST /things/{id}" else f"{change.subject}: "
    return f"{outcome}: {subject}{rest}"


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_change_says_what_was_and_whom_it_breaks(case: dict[str, Any]) -> None:
    found = openapi_changes(case["old"], case["new"])
    assert [shown(one) for one in found] == case["changes"]


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_the_way_back_breaks_the_other_side(case: dict[str, Any]) -> None:
    there = openapi_changes(case["old"], case["new"])
    back = openapi_changes(case["new"], case["old"])
    other = {Side.CONSUMER: Side.PROVIDER, Side.PROVIDER: Side.CONSUMER}
    if case["name"] not in ONE_WAY:
        assert {other[side] for side in broken(there)} == broken(back)
    assert {other[side] for side in undecided(there)} == undecided(back)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_document_is_the_same_as_itself(case: dict[str, Any]) -> None:
    followed = "other.yaml" not in str(case["new"])
    assert openapi_changes(case["new"], case["new"]) == () or not followed


def test_places_are_those_of_both_files() -> None:
    old = {"send": {"type": "object", "properties": {"a": {"type": "string"}}}}
    new = {"send": {"type": "object", "properties": {"a": {"type": "integer"}}}}
    (change,) = openapi_changes(old, new)
    assert change.old is not None
    assert change.new is not None
    assert change.new.place == Place(PATH, 18, 19)
    assert change.new.pointer == (
        "/paths/~1things~1{id}/post/requestBody/content/application~1json/schema/properties/a/type"
    )
