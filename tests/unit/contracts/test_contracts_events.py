"""Two payloads of an event and what changed between them: cases as data, whole answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from made.contract_files import EVENT, brief, event_changes, event_file
from tierline.contracts.change import Side, broken, undecided
from tierline.contracts.events import compare_events
from tierline.contracts.schema.walk import MOST
from tierline.mesh.defect import Place

_FILE = Path(__file__).parents[2] / "cases" / "contracts" / "events.yaml"
CASES: list[dict[str, Any]] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_change_says_what_was_and_whom_it_breaks(case: dict[str, Any]) -> None:
    assert brief(event_changes(case["old"], case["new"])) == case["changes"]


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_the_way_back_breaks_the_other_side(case: dict[str, Any]) -> None:
    there = event_changes(case["old"], case["new"])
    back = event_changes(case["new"], case["old"])
    other = {Side.READER: Side.WRITER, Side.WRITER: Side.READER}
    assert {other[side] for side in broken(there)} == broken(back)
    assert {other[side] for side in undecided(there)} == undecided(back)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_schema_is_the_same_as_itself(case: dict[str, Any]) -> None:
    elsewhere = "a reference" in case["name"]
    assert event_changes(case["new"], case["new"]) == () or elsewhere


def test_both_places_are_told_with_pointer_line_and_column() -> None:
    old = {"type": "object", "properties": {"a": {"type": "string"}}}
    new = {"type": "object", "properties": {"a": {"type": "integer"}}}
    (change,) = event_changes(old, new)
    assert change.old is not None
    assert change.new is not None
    assert change.old.pointer == change.new.pointer == "/payload_schema/properties/a/type"
    assert change.new.place == Place(EVENT, 7, 5)


def test_a_contract_without_a_payload_is_not_compared() -> None:
    (change,) = compare_events("made", event_file(3), event_file(schema=True))
    assert change.unknown == {Side.READER, Side.WRITER}
    assert change.message == "the old contract has no `payload_schema`, so nothing can be compared"


def test_a_schema_that_is_too_large_is_unknown() -> None:
    def tall(leaf: str) -> dict[str, Any]:
        names = {f"p{number}": {"$ref": f"#/$defs/t{number}"} for number in range(MOST + 1)}
        defined = {f"t{number}": {"type": leaf} for number in range(MOST + 1)}
        return {"type": "object", "properties": names, "$defs": defined}

    changes = event_changes(tall("string"), tall("string") | {"minProperties": 1})
    assert undecided(changes) == set()
    changes = event_changes(tall("string"), tall("integer"))
    assert undecided(changes) == {Side.READER, Side.WRITER}
    assert any("it is too large to be compared" in one.message for one in changes)


def test_a_long_chain_of_schemas_is_followed_to_its_end() -> None:
    def chain(leaf: str) -> dict[str, Any]:
        links = {
            f"t{number}": {
                "type": "object",
                "properties": {"a": {"$ref": f"#/$defs/t{number + 1}"}},
            }
            for number in range(300)
        }
        return {"$ref": "#/$defs/t0", "$defs": links | {"t300": {"type": leaf}}}

    (change,) = event_changes(chain("string"), chain("integer"))
    assert change.breaks == {Side.READER, Side.WRITER}


def test_choices_in_a_ring_are_unknown_at_worst() -> None:
    def ring(*more: object) -> dict[str, Any]:
        defined = {
            f"d{number}": {
                "anyOf": [
                    {"$ref": f"#/$defs/d{(number + 1) % 30}"},
                    {"$ref": f"#/$defs/d{(number + 7) % 30}"},
                    {"type": "object", "properties": {"k": {"$ref": f"#/$defs/d{number}"}}},
                    *(more if number == 9 else ()),
                ]
            }
            for number in range(30)
        }
        return {"$ref": "#/$defs/d0", "$defs": defined}

    changes = event_changes(ring(), ring({"type": "string"}))
    assert Side.READER in broken(changes) | undecided(changes)


def test_a_long_list_of_values_is_compared() -> None:
    old, new = ([f"v{number}" for number in range(first, first + 3000)] for first in (0, 1))
    (change,) = event_changes({"enum": old}, {"enum": new})
    assert change.breaks == {Side.READER, Side.WRITER}
