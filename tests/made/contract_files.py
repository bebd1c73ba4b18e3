"""Contracts in memory for tests: JSON and YAML values as files that were read."""

from __future__ import annotations

import json

from tierline.contracts.change import Change, Side
from tierline.contracts.events import compare_events, read_event
from tierline.contracts.schema.at import At, Document
from tierline.mesh.jsonfile import read_json
from tierline.mesh.source import Source

EVENT = "contracts/events/made.json"
BACKWARD, FORWARD = Side.WRITER, Side.READER


def event_text(schema: object) -> bytes:
    """An event contract with this payload, as a file."""
    return json.dumps({"event_type": "made", "payload_schema": schema}, indent=1).encode()


def event_file(schema: object) -> At:
    """An event contract with this payload, written down and read again."""
    source = Source(EVENT, "event-breaking")
    node = read_json(event_text(schema), source)
    assert node is not None, source.defects
    return read_event(Document(EVENT, node))


def event_changes(old: object, new: object) -> tuple[Change, ...]:
    """What changed between two payloads."""
    return compare_events("made", event_file(old), event_file(new))


def brief(changes: tuple[Change, ...]) -> list[str]:
    """Changes as cases write them down: `breaks reader: required: ...`, `safe: property: ...`."""
    return [f"{_outcome(one)}: {one.rule}: {one.message}" for one in changes]


def _outcome(one: Change) -> str:
    parts = [
        f"{word} {'+'.join(sorted(map(str, sides)))}"
        for word, sides in (("breaks", one.breaks), ("unknown", one.unknown))
        if sides
    ]
    return ", ".join(parts) or "safe"
