"""Manifests say the same however they are written, and any damage to them is told, never raised."""

from __future__ import annotations

from functools import cache
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from made.manifest_cases import found_in
from made.manifests import manifests
from tierline.mesh.k8s import read_manifests
from tierline.mesh.node import ListNode, MapNode, Node
from tierline.mesh.source import Source
from tierline.readiness.codes import CODES
from tierline.readiness.manifests.conform import QUANTITY, conform
from tierline.readiness.manifests.scalars import (
    BOOLEAN,
    INTEGER,
    NOTHING,
    NUMBER,
    integer_of,
    is_true,
    read_as,
)
from tierline.readiness.manifests.schemas import schemas_of

FILES = manifests("profile")
LINES = st.sampled_from(
    [(path, number) for path, text in FILES.items() for number in range(text.count("\n"))]
)
VALUES = st.sampled_from(
    ["on", '"2"', "2", "1.5", "~", "[]", "{}", "text", "128Mi", "[a, b]", "{a: b}", "0644", ""]
)


def rewritten(text: str, how: str) -> str | bytes:
    """The same document, written otherwise."""
    document = yaml.safe_load(text)
    return {
        "flow": lambda: yaml.safe_dump(document, default_flow_style=True, width=60),
        "quotes": lambda: yaml.safe_dump(document, default_style=None, width=1000),
        "order": lambda: yaml.safe_dump(document, sort_keys=True),
        "crlf": lambda: text.replace("\n", "\r\n"),
        "bom": lambda: "\ufeff" + text,
        "comments": lambda: "# first\n" + text.replace("\n", "  # why\n"),
        "marks": lambda: f"---\n{text}...\n",
    }[how]()


@pytest.mark.parametrize("how", ["flow", "quotes", "order", "crlf", "bom", "comments", "marks"])
def test_another_spelling_has_no_findings_either(how: str) -> None:
    assert found_in({path: rewritten(text, how) for path, text in FILES.items()}) == []


@given(LINES, VALUES)
def test_any_other_value_is_judged_and_every_finding_has_its_line(
    where: tuple[str, int], value: str
) -> None:
    path, number = where
    found = found_in({**FILES, path: with_value(FILES[path], number, value)})
    assert [one.code for one in found if one.code not in CODES] == []
    assert [one for one in found if not one.place.line or not one.place.column] == []
    assert [one for one in found if "\n" in one.message or len(one.message) > 500] == []


@given(LINES, VALUES)
def test_fields_and_types_are_judged_as_a_json_schema_would(
    where: tuple[str, int], value: str
) -> None:
    path, number = where
    text = with_value(FILES[path], number, value)
    found, _ = read_manifests(text.encode(), Source("x", "manifests"))
    types = schemas_of(35)
    for one in found or ():
        node = one.node
        api_version, kind = (plain(node.value(key)) for key in ("apiVersion", "kind"))
        type_name = types.type_of(str(api_version), str(kind))
        if type_name is None:
            continue
        ours = [
            trouble
            for trouble in conform(node, type_name, types)
            if trouble.slug in {"unknown-key", "wrong-type", "missing-key"}
            or "quantity" in trouble.message
        ]
        theirs = list(
            jsonschema.Draft202012Validator(schema_of(type_name)).iter_errors(plain(node))
        )
        assert bool(ours) == bool(theirs), (text, ours, theirs)


def with_value(text: str, number: int, value: str) -> str:
    """The text with another value behind the key of one line; what was below it stays."""
    lines = text.split("\n")
    key, colon, _ = lines[number].partition(": ")
    lines[number] = f"{key}: {value}" if colon else lines[number].replace(":", f"{number}:")
    return "\n".join(lines)


def plain(node: Node | None) -> Any:
    """The value that Kubernetes reads; what is nothing is left out."""
    if node is None:
        return None
    if isinstance(node, MapNode):
        values = {key: plain(field.value) for key, field in node.fields.items()}
        return {key: value for key, value in values.items() if value is not None}
    if isinstance(node, ListNode):
        return [plain(item) for item in node.items]
    kind = read_as(node)
    readers = {
        NOTHING: lambda: None,
        BOOLEAN: lambda: is_true(node),
        INTEGER: lambda: integer_of(node.text),
        NUMBER: lambda: float(node.text),
    }
    return readers[kind]() if kind in readers else node.text


@cache
def schema_of(name: str) -> dict[str, Any]:
    """A JSON Schema of a type and of all that it refers to, made from the same data by other means."""
    made: dict[str, Any] = {}
    waiting = [name]
    while waiting:
        one = waiting.pop()
        if one in made:
            continue
        shape = schemas_of(35).shape(one)
        if isinstance(shape, str):
            made[one] = {"type": "object"} if shape == "object" else {}
            continue
        made[one] = {
            "type": "object",
            "properties": {key: of_spec(spec) for key, (spec, _) in shape.fields.items()},
            "required": list(shape.required),
            "additionalProperties": False,
        }
        waiting += [
            ref.removeprefix("#/$defs/")
            for ref in references(list(made[one]["properties"].values()))
        ]
    return {"$ref": f"#/$defs/{name}", "$defs": made}


def references(value: Any) -> list[str]:
    """Every `$ref` below a value."""
    if isinstance(value, list):
        return [ref for one in value for ref in references(one)]
    if isinstance(value, dict):
        own = [value["$ref"]] if "$ref" in value else []
        return own + [ref for one in value.values() for ref in references(one)]
    return []


def of_spec(spec: Any) -> dict[str, Any]:
    """A JSON Schema of what a field may be."""
    if isinstance(spec, list):
        inner = of_spec(spec[1])
        if spec[0] == "map":
            return {"type": "object", "additionalProperties": inner}
        return {"type": "array", "items": inner}
    if spec[0] == "#":
        return {"$ref": f"#/$defs/{spec[1:]}"}
    return {
        "int32": {"type": "integer"},
        "int64": {"type": "integer"},
        "int-or-string": {"type": ["integer", "string"]},
        "quantity": {"type": ["number", "string"], "pattern": f"^({QUANTITY.pattern})$"},
        "any": {},
    }.get(spec, {"type": spec})
