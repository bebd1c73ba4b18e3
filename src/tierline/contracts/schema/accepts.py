"""Is one value valid under a schema? Yes, no, or not known; patterns are never run."""

from __future__ import annotations

from fractions import Fraction
from typing import cast

from tierline.contracts.schema.arrays import item_of
from tierline.contracts.schema.at import At
from tierline.contracts.schema.literal import Literal, atom
from tierline.contracts.schema.numbers import bounds_of, divisor_of
from tierline.contracts.schema.patterns import matches
from tierline.contracts.schema.properties import property_of
from tierline.contracts.schema.shape import (
    Group,
    Shape,
    quantity,
    required_of,
    shape_of,
    values_of,
)

Known = bool | None
_DEPTH = 6
"""schemas within schemas that a value is held against"""
_UNREAD = (
    *("format", "contains", "uniqueItems", "propertyNames", "dependentRequired", "dependencies"),
    *("unevaluatedProperties", "unevaluatedItems", "dependentSchemas"),
)
"""keywords that are not judged here"""


def accepts(shape: Shape, value: Literal) -> Known:
    """Whether a schema accepts a value; None where that cannot be said."""
    return _accepts(shape, value, 0)


def _accepts(shape: Shape, value: Literal, depth: int) -> Known:
    if shape.never or atom(value) not in shape.types:
        return False
    if depth > _DEPTH:
        return None
    answers: list[Known] = [_part(part, value, depth) for part in shape.parts]
    answers += [_group(group, value, depth) for group in shape.groups]
    if shape.doubts:
        answers.append(_doubtful(shape, value, depth))
    return _all(answers)


def _doubtful(shape: Shape, value: Literal, depth: int) -> Known:
    """`not` alone can be judged of one value."""
    refused = [part.child("not") for part in shape.parts]
    answers = [_not(_accepts(shape_of((one,)), value, depth + 1)) for one in refused if one]
    if set(shape.doubts) - {"`not`"}:
        answers.append(None)
    return _all(answers)


def _group(group: Group, value: Literal, depth: int) -> Known:
    answers = [_accepts(shape_of((one,)), value, depth + 1) for one in group.branches]
    if group.keyword == "anyOf":
        return _not(_all([_not(one) for one in answers]))
    if answers.count(True) > 1:
        return False
    return answers.count(True) == 1 if None not in answers else None


def _part(part: At, value: Literal, depth: int) -> Known:
    allowed = values_of(part)
    if allowed is not None and value not in allowed:
        return False
    kind, content = value
    answers: list[Known] = [None for word in _UNREAD if part.has(word) and _concerns(word, kind)]
    if isinstance(content, Fraction):
        answers.append(_number(part, content))
    elif kind == "string":
        answers.append(_string(part, cast("str", content)))
    elif kind == "array":
        answers += _array(part, cast("tuple[Literal, ...]", content), depth)
    elif kind == "object":
        answers += _object(part, dict(cast("tuple[tuple[str, Literal], ...]", content)), depth)
    return _all(answers)


def _concerns(word: str, kind: str) -> bool:
    if word == "format":
        return kind in {"string", "number"}
    array = word in {"contains", "uniqueItems", "unevaluatedItems"}
    return kind == ("array" if array else "object")


def _number(part: At, value: Fraction) -> Known:
    bounds = bounds_of(part)
    divisor = divisor_of(part)
    return bounds.holds(value) and (divisor is None or (value / divisor).denominator == 1)


def _string(part: At, value: str) -> Known:
    least, most = quantity(part, "minLength"), quantity(part, "maxLength")
    if (least is not None and len(value) < least) or (most is not None and len(value) > most):
        return False
    pattern = part.value("pattern")
    return matches(pattern, value) if isinstance(pattern, str) else True


def _array(part: At, items: tuple[Literal, ...], depth: int) -> list[Known]:
    answers: list[Known] = [_counted(part, len(items), "minItems", "maxItems")]
    for index, item in enumerate(items):
        one = item_of(part, index)
        if one is not None:
            answers.append(_accepts(shape_of((one,)), item, depth + 1))
    return answers


def _object(part: At, fields: dict[str, Literal], depth: int) -> list[Known]:
    answers: list[Known] = [_counted(part, len(fields), "minProperties", "maxProperties")]
    answers.append(required_of(part) <= fields.keys())
    for name, value in fields.items():
        found = property_of(part, name)
        answers += [_accepts(shape_of((one,)), value, depth + 1) for one in found.schemas]
        answers += [None] if found.unsure else []
    return answers


def _counted(part: At, count: int, least: str, most: str) -> bool:
    low, high = quantity(part, least), quantity(part, most)
    return (low is None or count >= low) and (high is None or count <= high)


def _all(answers: list[Known]) -> Known:
    if False in answers:
        return False
    return None if None in answers else True


def _not(answer: Known) -> Known:
    return None if answer is None else not answer
