"""One reason why what a writer's schema allows may be refused by a reader's, with both places."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum
from typing import NamedTuple, Protocol

from tierline.contracts.change import Spot
from tierline.contracts.schema.at import At
from tierline.contracts.schema.literal import ATOMS
from tierline.contracts.schema.shape import Ats, Shape, first_with


class Weight(IntEnum):
    """`NONE` is worth telling, `UNKNOWN` may be a refusal, `BREAKS` is one for some value."""

    NONE = 0
    UNKNOWN = 1
    BREAKS = 2


class Refusal(NamedTuple):
    """`what` is the subject; `writes` and `reads` say what each schema has there.

    `because` is why it is not known for certain.
    """

    rule: str
    what: str
    writes: str
    reads: str
    writer: Spot
    reader: Spot
    weight: Weight = Weight.BREAKS
    because: str = ""


class Pair(NamedTuple):
    """Where the two schemas stand that are compared, for what neither of them has a place for."""

    writer: Spot
    reader: Spot


class Walking(Protocol):
    """What compares schemas below the ones at hand."""

    def refusals(self, writer: Ats, reader: Ats, pair: Pair) -> list[Refusal]: ...


def spots(writer: Shape, reader: At, pair: Pair, *keywords: str) -> Pair:
    """Where the keywords stand on both sides; the schema itself where it has none of them."""
    owner = first_with(writer, *keywords)
    return Pair(
        _spot(owner, keywords) if owner else pair.writer,
        _spot(reader, keywords) if any(map(reader.has, keywords)) else pair.reader,
    )


def _spot(at: At, keywords: tuple[str, ...]) -> Spot:
    return at.spot(next(word for word in keywords if at.has(word)))


def refuses(found: Iterable[Refusal]) -> bool:
    """Whether any is more than worth telling."""
    return any(one.weight is not Weight.NONE for one in found)


def in_doubt(found: list[Refusal], because: str) -> list[Refusal]:
    """The same, none of them for certain."""
    return [
        one._replace(weight=Weight.UNKNOWN, because=because) if one.weight is Weight.BREAKS else one
        for one in found
    ]


def told_types(types: frozenset[str]) -> str:
    """Kinds of values as a message shows them."""
    if types == ATOMS:
        return "anything"
    names = sorted(types - {"integer", "fraction"})
    if "fraction" in types:
        names.append("number")
    elif "integer" in types:
        names.append("integer")
    return " or ".join(sorted(names, key=lambda name: (name == "null", name))) or "nothing"
