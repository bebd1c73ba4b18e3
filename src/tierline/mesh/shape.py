"""Says whether a plain value surely fits a JSON Schema; knows no file format and gives no reasons.

For files that are read by every command: pydantic, whose models the schemas come from, takes
longer to import than such a command takes. "No" only means that pydantic has to look. So whatever
is not understood here is a no: an unknown keyword, a number that is not one, null (TOML has none),
a string with a line end after its last character.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

Schema = Mapping[str, Any]
Value = Any

_TYPES: Mapping[str, Callable[[Value], bool]] = {
    "array": lambda value: isinstance(value, list),
    "boolean": lambda value: isinstance(value, bool),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "object": lambda value: isinstance(value, dict),
    "string": lambda value: isinstance(value, str),
}


_PLAIN: Mapping[str, Callable[[Value, Any], bool]] = {
    "const": lambda value, wanted: type(value) is type(wanted) and value == wanted,
    "enum": lambda value, wanted: isinstance(value, str) and value in wanted,
    "pattern": lambda value, wanted: re.fullmatch(wanted, value) is not None,
    "minLength": lambda value, wanted: len(value) >= wanted,
    "maxLength": lambda value, wanted: len(value) <= wanted,
    "minItems": lambda value, wanted: len(value) >= wanted,
    "maxItems": lambda value, wanted: len(value) <= wanted,
    "minProperties": lambda value, wanted: len(value) >= wanted,
    "maxProperties": lambda value, wanted: len(value) <= wanted,
    "minimum": lambda value, wanted: value >= wanted,
    "maximum": lambda value, wanted: value <= wanted,
    "exclusiveMinimum": lambda value, wanted: value > wanted,
    "exclusiveMaximum": lambda value, wanted: value < wanted,
    "required": lambda value, wanted: all(name in value for name in wanted),
}
"""keyword -> whether a value of the schema's type fits it"""


def fits(value: object, schema: Schema) -> bool:
    """Whether `value` surely fits `schema`, of JSON Schema 2020-12 what pydantic writes for tables.

    Stricter than the standard in two points, as pydantic is: every key of an object needs a schema
    of its own, and patterns are of whole strings.
    """
    return _Fitting(schema.get("$defs", {})).fits(value, schema)


class _Fitting:
    """Follows a schema into its parts; `known` are the schemas that it refers to."""

    def __init__(self, known: Schema) -> None:
        self._known = known

    def fits(self, value: Value, schema: Schema) -> bool:
        """The type first, so that every other keyword gets what it can compare."""
        kind = schema.get("type")
        if kind is not None and not (kind in _TYPES and _TYPES[kind](value)):
            return False
        return all(self._keyword(keyword, value, schema) for keyword in schema)

    def _keyword(self, keyword: str, value: Value, schema: Schema) -> bool:
        wanted = schema[keyword]
        match keyword:
            case "type" | "$defs" | "additionalProperties":
                return True
            case "$ref":
                return self.fits(value, self._known[wanted.removeprefix("#/$defs/")])
            case "anyOf":
                return any(self.fits(value, one) for one in wanted)
            case "not":
                return _breaks(value, wanted)
            case "items":
                return all(self.fits(one, wanted) for one in value)
            case "propertyNames":
                return all(self.fits(key, wanted) for key in value)
            case "properties" | "patternProperties":
                return all(self._entry(key, one, schema) for key, one in value.items())
            case _:
                return keyword in _PLAIN and _PLAIN[keyword](value, wanted)

    def _entry(self, key: str, value: Value, schema: Schema) -> bool:
        if key in (named := schema.get("properties", {})):
            return self.fits(value, named[key])
        patterns = schema.get("patternProperties", {})
        found = [one for pattern, one in patterns.items() if re.fullmatch(pattern, key)]
        return bool(found) and all(self.fits(value, one) for one in found)


def _breaks(value: Value, schema: Schema) -> bool:
    """Of a pattern only: that something else does not surely fit would not mean that it breaks it."""
    return list(schema) == ["pattern"] and re.search(schema["pattern"], value) is None
