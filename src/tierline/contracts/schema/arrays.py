"""Arrays of two schemas: tuples, items, how many; knows nothing of other values."""

from __future__ import annotations

from tierline.contracts.schema.at import At, Dialect
from tierline.contracts.schema.properties import is_anything
from tierline.contracts.schema.shape import Ats, Shape, quantity, unevaluated_in_doubt
from tierline.mesh.node import ListNode


def tuple_of(part: At) -> Ats:
    """The schemas of the first items, one each."""
    first = part.child("prefixItems") if part.document.dialect is Dialect.MODERN else None
    items = part.child("items")
    if first is None and items is not None and isinstance(items.node, ListNode):
        first = items
    return first.items() if first else ()


def rest_of(part: At) -> At | None:
    """The schema of the items after those of the tuple; None where anything is let be."""
    items = part.child("items")
    if items is not None and isinstance(items.node, ListNode):
        items = part.child("additionalItems")
    if items is None and not unevaluated_in_doubt(part):
        items = part.child("unevaluatedItems")
    return None if items is None or is_anything(items) else items


def item_of(part: At, index: int) -> At | None:
    """The schema of one item; None where anything is let be."""
    first = tuple_of(part)
    return first[index] if index < len(first) else rest_of(part)


def items_at(shape: Shape, index: int | None) -> Ats:
    """By all parts: those of one item, or of whatever comes after every tuple."""
    found = (rest_of(part) if index is None else item_of(part, index) for part in shape.parts)
    return tuple(one for one in found if one is not None)


def counts(shape: Shape) -> tuple[int, int | None]:
    """Fewest and most items; most None without end."""
    low = [quantity(part, "minItems") for part in shape.parts]
    high = [quantity(part, "maxItems") for part in shape.parts]
    closed = [
        len(tuple_of(part))
        for part in shape.parts
        if (rest := rest_of(part)) is not None and rest.boolean() is False
    ]
    most = [int(one) for one in high if one is not None] + closed
    return max((int(one) for one in low if one is not None), default=0), min(most, default=None)
