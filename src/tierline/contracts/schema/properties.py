"""What a schema says of one property: declared, by pattern, or among all others."""

from __future__ import annotations

from typing import NamedTuple

from tierline.contracts.schema.at import At
from tierline.contracts.schema.patterns import matches
from tierline.contracts.schema.shape import (
    Ats,
    Shape,
    properties_of,
    property_named,
    unevaluated_in_doubt,
)


class Property(NamedTuple):
    """The schemas of a property, all of which hold. `declared`: by name or pattern.

    `unsure`: a pattern that is not understood may add one.
    """

    schemas: Ats = ()
    declared: bool = False
    unsure: bool = False

    @property
    def is_refused(self) -> bool:
        """Whether no value is allowed there."""
        return any(one.boolean() is False for one in self.schemas)


def property_of(part: At, name: str) -> Property:
    """By one mapping alone, as its neighbours in `allOf` do not see each other."""
    own = property_named(part, name)
    found = [own] if own else []
    unsure = False
    for pattern, one in patterns_of(part).items():
        met = matches(pattern, name)
        found += [one] if met else []
        unsure |= met is None
    if found or unsure:
        return Property(tuple(found), bool(found), unsure)
    others = others_of(part)
    return Property() if others is None else Property((others,))


def properties_at(shape: Shape, name: str) -> Property:
    """By all parts of a shape."""
    found = [property_of(part, name) for part in shape.parts]
    return Property(
        tuple(one for each in found for one in each.schemas),
        any(each.declared for each in found),
        any(each.unsure for each in found),
    )


def others_of(part: At) -> At | None:
    """The schema of properties that it does not name; None where anything is let be."""
    others = part.child("additionalProperties")
    if others is None and not unevaluated_in_doubt(part):
        others = part.child("unevaluatedProperties")
    return None if others is None or is_anything(others) else others


def is_anything(at: At) -> bool:
    """Whether a schema is evidently `true`."""
    return at.boolean() is True or (at.fields is not None and not at.fields.fields)


def patterns_of(part: At) -> dict[str, At]:
    """`patternProperties` of one mapping."""
    declared = part.child("patternProperties")
    return declared.children() if declared else {}


def declares(shape: Shape) -> bool:
    """Whether its objects have names that somebody chose; else they are maps with any keys."""
    return any(properties_of(part) for part in shape.parts)
