"""Whether a published payload is what an event's contract says; knows not where it was seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from tierline.mesh.json_schema import misfits, validator_of, wrong_in_schema
from tierline.mesh.jsonfile import read_json
from tierline.mesh.node import MapNode, plain_value
from tierline.mesh.source import Source

if TYPE_CHECKING:
    from jsonschema_rs import Validator


def read_payload_schema(content: bytes, shown: str) -> Validator | str:
    """What checks the payloads of an event's contract; a text says why nothing does."""
    source = Source(shown, "event-contracts")
    node = read_json(content, source)
    if not isinstance(node, MapNode) or source.defects:
        return f"{shown} cannot be read"
    schema = cast("dict[str, Any]", plain_value(node)).get("payload_schema")
    if not isinstance(schema, dict):
        return f"{shown} has no payload_schema"
    known = cast("dict[str, Any]", schema)
    if wrong_in_schema(known):
        return f"the payload_schema of {shown} is no JSON Schema"
    try:
        return validator_of(known)
    except ValueError as error:
        return f"the payload_schema of {shown} cannot be used: {str(error)[:200]}"


def misfit(payload: object, validator: Validator) -> str:
    """Where a payload does not fit and what belongs there; "" where it does."""
    found = misfits(payload, validator)
    if not found:
        return ""
    first, *rest = found
    more = f"; and {len(rest)} more" if rest else ""
    return f"at /{'/'.join(map(str, first.path))}: {first.words}{more}"
