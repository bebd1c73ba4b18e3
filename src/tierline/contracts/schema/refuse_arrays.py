"""Arrays: what a writer's schema allows and a reader's refuses."""

from __future__ import annotations

from collections.abc import Iterator

from tierline.contracts.schema.arrays import counts, item_of, items_at, rest_of, tuple_of
from tierline.contracts.schema.at import At
from tierline.contracts.schema.refusal import Pair, Refusal, Walking, Weight, spots
from tierline.contracts.schema.same import same
from tierline.contracts.schema.shape import Ats, Shape, quantity


def array_refusals(walk: Walking, writer: Shape, reader: At, pair: Pair) -> Iterator[Refusal]:
    """By how many items, each of them, whether they are unique and what they contain."""
    fewest, most = counts(writer)
    if most is not None and fewest > most:
        return
    yield from _count(writer, reader, pair)
    tuples = [tuple_of(part) for part in (*writer.parts, reader)]
    length = max(map(len, tuples))
    for index in range(length if most is None else min(length, most)):
        wanted = item_of(reader, index)
        if wanted is not None:
            yield from _item(walk, items_at(writer, index), wanted, pair)
    rest = rest_of(reader)
    if rest is not None and (most is None or most > length):
        yield from _item(walk, items_at(writer, None), rest, pair)
    unique = any(part.value("uniqueItems") is True for part in writer.parts)
    if reader.value("uniqueItems") is True and not unique and (most is None or most > 1):
        at = spots(writer, reader, pair, "uniqueItems")
        yield Refusal("unique-items", "`uniqueItems`", "false", "true", *at)
    yield from _contains(writer, reader, pair)


def _item(walk: Walking, written: Ats, wanted: At, pair: Pair) -> Iterator[Refusal]:
    if any(one.boolean() is False for one in written):
        return
    at = Pair(written[0].spot() if written else pair.writer, wanted.spot())
    if wanted.boolean() is False:
        yield Refusal("tuple", "a further item", "allowed", "not allowed", *at)
    else:
        yield from walk.refusals(written, (wanted,), at)


def _count(writer: Shape, reader: At, pair: Pair) -> Iterator[Refusal]:
    fewest, most = counts(writer)
    least, limit = quantity(reader, "minItems"), quantity(reader, "maxItems")
    at = spots(writer, reader, pair, "minItems", "maxItems")
    what = "the number of items"
    if least is not None and fewest < least:
        yield Refusal("item-count", what, f"{fewest} or more", f"{least} or more", *at)
    if limit is not None and (most is None or most > limit):
        was = "without limit" if most is None else f"at most {most}"
        yield Refusal("item-count", what, was, f"at most {limit}", *at)


def _contains(writer: Shape, reader: At, pair: Pair) -> Iterator[Refusal]:
    wanted = reader.child("contains")
    if wanted is None:
        return
    numbers = ("minContains", "maxContains")
    for part in writer.parts:
        own = part.child("contains")
        equal = own is not None and same(own, wanted)
        if equal and all(part.value(word) == reader.value(word) for word in numbers):
            return
    at = spots(writer, reader, pair, "contains", *numbers)
    known = any(part.has("contains") for part in writer.parts)
    empty = counts(writer)[0] == 0 and reader.value("minContains") != 0
    weight = Weight.BREAKS if empty and not known else Weight.UNKNOWN
    was = "something else" if known else "nothing in particular"
    yield Refusal("contains", "what arrays contain", was, "another item", *at, weight)
