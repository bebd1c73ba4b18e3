"""Is there evidently no value that is valid under both of two schemas?"""

from __future__ import annotations

from tierline.contracts.schema.accepts import accepts
from tierline.contracts.schema.numbers import NUMBERS, bounds_of_shape
from tierline.contracts.schema.properties import properties_at
from tierline.contracts.schema.shape import Shape, finite, required_of, shape_of

_OBJECT = frozenset({"object"})
_DEPTH = 3
"""how deep properties are looked into"""


def apart(one: Shape, other: Shape, depth: int = 0) -> bool:
    """Whether they have no value in common, evidently; False may also mean: not evident."""
    common = one.types & other.types
    if one.is_empty or other.is_empty or not common:
        return True
    for first, second in ((one, other), (other, one)):
        values = finite(first)
        if values is not None:
            return all(
                accepts(second, value) is False or accepts(first, value) is False
                for value in values
            )
    if common <= NUMBERS:
        return bounds_of_shape(Shape((*one.parts, *other.parts), types=common)).is_empty
    return common == _OBJECT and depth < _DEPTH and _by_property(one, other, depth)


def _by_property(one: Shape, other: Shape, depth: int) -> bool:
    """Whether some property that one of them requires cannot be the same in both."""
    required = {
        name for shape in (one, other) for part in shape.parts for name in required_of(part)
    }
    for name in required:
        left, right = properties_at(one, name), properties_at(other, name)
        if left.is_refused or right.is_refused:
            return True
        both = left.schemas and right.schemas
        if both and apart(shape_of(left.schemas), shape_of(right.schemas), depth + 1):
            return True
    return False
