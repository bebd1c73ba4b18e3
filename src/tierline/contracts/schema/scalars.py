"""Numbers and texts: what a writer's schema allows and a reader's refuses."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from tierline.contracts.schema.at import At
from tierline.contracts.schema.formats import includes
from tierline.contracts.schema.literal import told, told_number
from tierline.contracts.schema.numbers import (
    WORDS,
    bounds_of,
    bounds_of_shape,
    divides,
    divisor_of,
)
from tierline.contracts.schema.patterns import is_trivial
from tierline.contracts.schema.refusal import Pair, Refusal, Weight, spots
from tierline.contracts.schema.shape import Shape, quantity


def number_refusals(writer: Shape, reader: At, pair: Pair) -> Iterator[Refusal]:
    """By bounds and divisors."""
    written, read = bounds_of_shape(writer), bounds_of(reader)
    if "fraction" not in writer.types:
        read = read.of_integers()
    if written.is_empty:
        return
    if not written.within(read):
        at = spots(writer, reader, pair, *WORDS)
        yield Refusal("range", "the range", written.told(), read.told(), *at)
    divisor = divisor_of(reader)
    if divisor is not None and not divides(divisor, writer):
        at = spots(writer, reader, pair, "multipleOf")
        yield Refusal("multiple-of", "`multipleOf`", _divisors(writer), told_number(divisor), *at)


def _divisors(writer: Shape) -> str:
    known = [divisor_of(part) for part in writer.parts]
    return ", ".join(told_number(one) for one in known if one is not None) or "any number"


def text_refusals(writer: Shape, reader: At, pair: Pair) -> Iterator[Refusal]:
    """By length and pattern."""
    low, high = _lengths(writer)
    if high is not None and low > high:
        return
    least, most = quantity(reader, "minLength") or Fraction(0), quantity(reader, "maxLength")
    if low < least or (most is not None and (high is None or high > most)):
        at = spots(writer, reader, pair, "minLength", "maxLength")
        yield Refusal("length", "the length", _told(low, high), _told(least, most), *at)
    pattern = reader.value("pattern")
    if isinstance(pattern, str) and not is_trivial(pattern):
        known = [one for part in writer.parts if isinstance(one := part.value("pattern"), str)]
        if pattern not in known:
            at = spots(writer, reader, pair, "pattern")
            weight = Weight.UNKNOWN if known or high is not None else Weight.BREAKS
            shown = " and ".join(told(("string", one)) for one in known) or "none"
            yield Refusal("pattern", "`pattern`", shown, told(("string", pattern)), *at, weight)


def format_refusals(writer: Shape, reader: At, pair: Pair) -> Iterator[Refusal]:
    """By `format`, `contentEncoding` and `contentMediaType`, taken as promises."""
    for keyword in ("format", "contentEncoding", "contentMediaType"):
        wanted = reader.value(keyword)
        if not isinstance(wanted, str):
            continue
        known = [one for part in writer.parts if isinstance(one := part.value(keyword), str)]
        if any(includes(wanted, one) for one in known):
            continue
        at = spots(writer, reader, pair, keyword)
        shown = " and ".join(told(("string", one)) for one in known) or "none"
        yield Refusal("format", f"`{keyword}`", shown, told(("string", wanted)), *at)


def _lengths(writer: Shape) -> tuple[Fraction, Fraction | None]:
    low = [quantity(part, "minLength") for part in writer.parts]
    high = [quantity(part, "maxLength") for part in writer.parts]
    return (
        max((one for one in low if one is not None), default=Fraction(0)),
        min((one for one in high if one is not None), default=None),
    )


def _told(low: Fraction, high: Fraction | None) -> str:
    if high is None:
        return f"{told_number(low)} or more" if low else "any"
    return f"{told_number(low)} to {told_number(high)}"
