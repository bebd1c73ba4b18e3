"""What surely fits a shape is valid for pydantic, and means the same."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tierline.mesh.settings_schema import SettingsDocument
from tierline.mesh.settings_shape import SHAPE
from tierline.mesh.shape import fits
from tierline.policy.document import Rules
from tierline.policy.file import file_rules
from tierline.policy.plain import plain_rules
from tierline.policy.tightening_shape import SHAPE as TIGHTENING

ODD = st.sampled_from(
    [None, True, 0, 1, -1, 15, 0.5, 1.0, 100_001, float("nan"), float("inf"), "", "a", "a\n", "/a",
     "../a", "a/..", "go-mesh", "M01", "required", "warn", "strict", "hold", [], ["a"], {}, {"a": 1}]
)  # fmt: skip
NAMES = st.sampled_from(["a", "a\n", "M01", "M01-Some-Service", "api", "gate/code", "_X", "", "*"])


def values(schema: dict[str, Any], known: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values that have about the form of a schema, with odd ones among them."""
    if "$ref" in schema:
        return values(known[schema["$ref"].removeprefix("#/$defs/")], known)
    if "anyOf" in schema:
        return st.one_of([values(one, known) for one in schema["anyOf"]])
    if schema.get("type") == "object":
        return (
            st.one_of(tables(schema, known), ODD)
            if "properties" in schema
            else tables(schema, known)
        )
    if schema.get("type") == "array":
        return st.lists(values(schema["items"], known), max_size=3)
    choices = [*schema.get("enum", []), *([schema["const"]] if "const" in schema else [])]
    return st.one_of(st.sampled_from(choices), ODD) if choices else ODD


def tables(schema: dict[str, Any], known: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    named = schema.get("properties", {})
    fixed = st.fixed_dictionaries({}, optional={n: values(one, known) for n, one in named.items()})
    patterns = list(schema.get("patternProperties", {}).values())
    if not patterns:
        return fixed
    return st.dictionaries(NAMES, values(patterns[0], known), max_size=3)


def documents(shape: Any) -> st.SearchStrategy[dict[str, Any]]:
    return tables(shape, shape.get("$defs", {}))


@given(documents(SHAPE))
def test_settings_that_surely_fit_are_valid_as_written(table: dict[str, Any]) -> None:
    if fits(table, SHAPE):
        read = SettingsDocument.model_validate(table)
        assert read.model_dump(exclude_unset=True) == table


@given(documents(TIGHTENING))
def test_rules_read_plainly_are_those_that_pydantic_reads(table: dict[str, Any]) -> None:
    rules = plain_rules(table)
    if rules is not None:
        assert repr(rules.limits) == repr(file_rules(Rules.model_validate(table)).limits)
        assert rules == file_rules(Rules.model_validate(table))
