"""Objects: what a writer's schema allows and a reader's refuses.

Writers are taken to write no property under a name that only the other side declares, as if by
accident, unless their schema is a map: an added optional property breaks no tolerant reader.
"""

from __future__ import annotations

from collections.abc import Iterator

from tierline.contracts.change import Spot
from tierline.contracts.schema.at import At
from tierline.contracts.schema.properties import (
    Property,
    declares,
    others_of,
    patterns_of,
    properties_at,
    property_of,
)
from tierline.contracts.schema.refusal import Pair, Refusal, Walking, Weight, spots
from tierline.contracts.schema.shape import (
    Ats,
    Shape,
    properties_of,
    quantity,
    required_of,
    texts,
)
from tierline.mesh.clean import clean


def object_refusals(walk: Walking, writer: Shape, reader: At, pair: Pair) -> Iterator[Refusal]:
    """By required and declared properties, all others, how many, and which need which."""
    required = frozenset(name for part in writer.parts for name in required_of(part))
    for name in sorted(required_of(reader) - required):
        at = spots(writer, reader, pair, "required")
        declared = properties_at(writer, name).declared
        was = "optional" if declared else "not declared"
        yield Refusal("required", f"property `{clean(name)}`", was, "required", *at)
    for name in sorted(_names(writer, reader) | required):
        yield from _one(walk, _Asked(writer, reader, pair, name, name in required))
    yield from _others(walk, writer, reader, pair)
    yield from _count(writer, reader, pair, len(required))
    yield from _dependent(writer, reader, pair, required)


class _Asked:
    """One property of both sides."""

    def __init__(self, writer: Shape, reader: At, pair: Pair, name: str, required: bool) -> None:
        self.writer, self.reader, self.pair = writer, reader, pair
        self.name, self.required = name, required
        self.written = properties_at(writer, name)
        self.read = property_of(reader, name)

    def spots(self) -> Pair:
        """Where it is declared on both sides, else where the object is."""
        return Pair(_spot_of(self.written, self.pair.writer), _spot_of(self.read, self.pair.reader))


def _names(writer: Shape, reader: At) -> frozenset[str]:
    declared = {name for part in writer.parts for name in properties_of(part)}
    return frozenset(declared | properties_of(reader).keys())


def _spot_of(found: Property, otherwise: Spot) -> Spot:
    return found.schemas[0].spot() if found.schemas else otherwise


def _one(walk: Walking, asked: _Asked) -> Iterator[Refusal]:
    what, at = f"property `{clean(asked.name)}`", asked.spots()
    written, read = asked.written, asked.read
    if written.is_refused:
        return
    if not written.schemas and not written.unsure and not asked.required and declares(asked.writer):
        if read.declared and not read.is_refused:
            is_required = asked.name in required_of(asked.reader)
            is_ = "required" if is_required else "optional"
            yield Refusal("property", what, "not declared", is_, *at, Weight.NONE)
        return
    if read.is_refused:
        closed = "not allowed" if not read.declared else "never allowed"
        weight = Weight.UNKNOWN if read.unsure else Weight.BREAKS
        yield Refusal("property", what, "declared", closed, *at, weight)
        return
    if read.schemas:
        yield from walk.refusals(written.schemas, read.schemas, at)
    if read.unsure and not _is_known(asked):
        why = "a pattern that is not followed may meet it"
        yield Refusal("undecided", what, why, why, *at, Weight.UNKNOWN)


def _is_known(asked: _Asked) -> bool:
    """Whether patterns that are not understood cannot matter.

    The writer has the same ones, which are compared on their own, and no rule for all other
    properties depends on whether they are met.
    """
    known = {pattern for part in asked.writer.parts for pattern in patterns_of(part)}
    others = others_of(asked.reader) is not None and not asked.read.declared
    return patterns_of(asked.reader).keys() <= known and not others


def _others(walk: Walking, writer: Shape, reader: At, pair: Pair) -> Iterator[Refusal]:
    """Properties that neither side names."""
    others = [others_of(part) for part in writer.parts]
    schemas: Ats = tuple(one for one in others if one is not None)
    closed = any(one.boolean() is False for one in schemas)
    wanted = others_of(reader)
    read = patterns_of(reader)
    for pattern, one in read.items():
        own = tuple(
            found for part in writer.parts if (found := patterns_of(part).get(pattern)) is not None
        )
        if own or not closed:
            yield from walk.refusals(own or schemas, (one,), Pair(pair.writer, one.spot()))
    for pattern, one in _patterns(writer):
        if pattern not in read:
            yield from _pattern(walk, one, reader, pair)
    if wanted is None or closed:
        return
    at = spots(writer, reader, pair, "additionalProperties", "unevaluatedProperties")
    if wanted.boolean() is False:
        what = "a further property"
        yield Refusal("additional-properties", what, "allowed", "not allowed", *at)
    else:
        yield from walk.refusals(schemas, (wanted,), at)


def _patterns(writer: Shape) -> Iterator[tuple[str, At]]:
    for part in writer.parts:
        yield from patterns_of(part).items()


def _pattern(walk: Walking, one: At, reader: At, pair: Pair) -> Iterator[Refusal]:
    """Properties that only the writer has a pattern for."""
    if one.boolean() is False:
        return
    wanted = others_of(reader)
    at = Pair(one.spot(), pair.reader)
    if properties_of(reader) or patterns_of(reader):
        what, why = "a pattern of names", "which names it meets is not followed"
        yield Refusal("undecided", what, why, why, *at, Weight.UNKNOWN)
    if wanted is not None:
        yield from walk.refusals((one,), (wanted,), at)


def _count(writer: Shape, reader: At, pair: Pair, required: int) -> Iterator[Refusal]:
    low = [quantity(part, "minProperties") for part in writer.parts]
    fewest = max([required, *(int(one) for one in low if one is not None)])
    high = [quantity(part, "maxProperties") for part in writer.parts]
    most = [int(one) for one in high if one is not None] + _closed(writer)
    least, limit = quantity(reader, "minProperties"), quantity(reader, "maxProperties")
    at = spots(writer, reader, pair, "minProperties", "maxProperties")
    what = "the number of properties"
    if least is not None and fewest < least:
        yield Refusal("property-count", what, f"{fewest} or more", f"{least} or more", *at)
    if limit is not None and min(most, default=limit + 1) > limit:
        was = f"at most {min(most)}" if most else "without limit"
        yield Refusal("property-count", what, was, f"at most {limit}", *at)


def _closed(writer: Shape) -> list[int]:
    """How many properties each part lets be that names all of them."""
    return [
        len(properties_of(part))
        for part in writer.parts
        if (others := others_of(part)) is not None
        and others.boolean() is False
        and not patterns_of(part)
    ]


def _dependent(
    writer: Shape, reader: At, pair: Pair, required: frozenset[str]
) -> Iterator[Refusal]:
    for keyword in ("dependentRequired", "dependencies"):
        listed = reader.child(keyword)
        for name in listed.children() if listed else ():
            missing = frozenset(texts(listed, name)) - required if listed else frozenset[str]()
            known = {
                one
                for part in writer.parts
                for word in ("dependentRequired", "dependencies")
                if (own := part.child(word))
                for one in texts(own, name)
            }
            if not missing - known or _never(writer, reader, name, required):
                continue
            at = spots(writer, reader, pair, keyword)
            needs = ", ".join(sorted(clean(one) for one in missing - known))
            what = f"what property `{clean(name)}` needs"
            yield Refusal("dependent-required", what, "nothing", needs, *at)


def _never(writer: Shape, reader: At, name: str, required: frozenset[str]) -> bool:
    """Whether the writer has no such property."""
    found = properties_at(writer, name)
    if found.is_refused:
        return True
    unknown = name not in required and not found.schemas and not found.unsure
    return unknown and declares(writer) and name in properties_of(reader)
