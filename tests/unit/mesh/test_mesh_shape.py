"""Shapes: what surely fits, and that they are those of the models."""

from __future__ import annotations

from typing import Any, get_type_hints

import pytest
from shapes import shape

from tierline.mesh import settings_shape, settings_table
from tierline.mesh.settings_schema import SettingsDocument, json_schema
from tierline.mesh.shape import fits
from tierline.policy import tightening_shape
from tierline.policy.tighten import tightening_schema


def test_shapes_are_those_of_the_models() -> None:
    """After a change of a model: python tools/shapes.py"""
    assert shape(json_schema()) == settings_shape.SHAPE
    assert shape(tightening_schema()) == tightening_shape.SHAPE


def test_plain_tables_have_the_keys_of_the_models() -> None:
    names = {name for name in vars(settings_table) if name.endswith("Table")}
    properties = {"SettingsTable": SettingsDocument.model_fields.keys()}
    properties |= {
        name: found["properties"].keys() for name, found in settings_shape.SHAPE["$defs"].items()
    }
    assert properties.keys() == names
    for name, keys in properties.items():
        assert get_type_hints(getattr(settings_table, name)).keys() == keys


@pytest.mark.parametrize(
    ("value", "schema", "fitting"),
    [
        (1, {"type": "integer"}, True),
        (True, {"type": "integer"}, False),
        (1.0, {"type": "integer"}, False),
        (float("nan"), {"type": "number", "minimum": 0}, False),
        (5, {"exclusiveMaximum": 5, "type": "number"}, False),
        ("x", {"minimum": 3, "type": "number"}, False),
        (1.0, {"const": 1, "type": "number"}, False),
        ("ab", {"pattern": "^a", "type": "string"}, False),
        ("a\n", {"pattern": "^a$", "type": "string"}, False),
        ("a", {"pattern": "^a$", "type": "string"}, True),
        ("a", {"type": "string", "a keyword": 1}, False),
        ("a", {"not": {"pattern": "^a"}, "type": "string"}, False),
        ("b", {"not": {"pattern": "^a"}, "type": "string"}, True),
        ("b", {"not": {"minLength": 5}, "type": "string"}, False),
        ({"a": 1}, {"type": "object", "properties": {}}, False),
        ({"a": 1}, {"type": "object", "patternProperties": {"^a$": {}}}, True),
        ({"b": 1}, {"type": "object", "patternProperties": {"^a$": {}}}, False),
        ({}, {"type": "object", "required": ["a"]}, False),
        ([1, "x"], {"type": "array", "items": {"type": "integer"}}, False),
        (3, {"anyOf": [{"type": "string"}, {"$ref": "#/$defs/N"}], "$defs": {"N": {}}}, True),
    ],
)
def test_what_fits(value: object, schema: dict[str, Any], fitting: bool) -> None:
    assert fits(value, schema) is fitting
