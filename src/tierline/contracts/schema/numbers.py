"""Numbers of two schemas: bounds and divisors; knows nothing of other values."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor
from typing import NamedTuple

from tierline.contracts.schema.at import At
from tierline.contracts.schema.literal import told_number
from tierline.contracts.schema.shape import Shape, quantity

NUMBERS = frozenset({"integer", "fraction"})
WORDS = ("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum")


class Bounds(NamedTuple):
    """From `low` to `high`, None without end; `open_*`: the end itself does not belong to it."""

    low: Fraction | None = None
    high: Fraction | None = None
    open_low: bool = False
    open_high: bool = False

    def holds(self, value: Fraction) -> bool:
        """Whether a number lies within."""
        low = self.low is None or value > self.low or (value == self.low and not self.open_low)
        high = self.high is None or value < self.high or (value == self.high and not self.open_high)
        return low and high

    def within(self, other: Bounds) -> bool:
        """Whether every number of these lies within the other."""
        return self._low_within(other) and self._high_within(other)

    def _low_within(self, other: Bounds) -> bool:
        if other.low is None:
            return True
        if self.low is None or self.low < other.low:
            return False
        return self.low > other.low or self.open_low or not other.open_low

    def _high_within(self, other: Bounds) -> bool:
        if other.high is None:
            return True
        if self.high is None or self.high > other.high:
            return False
        return self.high < other.high or self.open_high or not other.open_high

    def of_integers(self) -> Bounds:
        """The same for whole numbers alone, with both ends closed."""
        low, high = self.low, self.high
        if low is not None:
            low = Fraction(floor(low) + 1 if self.open_low else ceil(low))
        if high is not None:
            high = Fraction(ceil(high) - 1 if self.open_high else floor(high))
        return Bounds(low, high)

    @property
    def is_empty(self) -> bool:
        """Whether no number lies within."""
        if self.low is None or self.high is None:
            return False
        return self.low > self.high or (self.low == self.high and (self.open_low or self.open_high))

    def told(self) -> str:
        """As a message shows it."""
        low = (
            "" if self.low is None else f"{'>' if self.open_low else '>='} {told_number(self.low)}"
        )
        high = (
            ""
            if self.high is None
            else f"{'<' if self.open_high else '<='} {told_number(self.high)}"
        )
        return " and ".join(part for part in (low, high) if part) or "any number"


def bounds_of(part: At) -> Bounds:
    """The bounds of one mapping; `exclusive...: true` is OpenAPI 3.0's way."""
    low, high = quantity(part, "minimum"), quantity(part, "maximum")
    over, under = quantity(part, "exclusiveMinimum"), quantity(part, "exclusiveMaximum")
    open_low = part.value("exclusiveMinimum") is True
    open_high = part.value("exclusiveMaximum") is True
    if over is not None and (low is None or over >= low):
        low, open_low = over, True
    if under is not None and (high is None or under <= high):
        high, open_high = under, True
    return Bounds(low, high, open_low, open_high)


def bounds_of_shape(shape: Shape) -> Bounds:
    """What all its parts leave."""
    found = Bounds()
    for part in shape.parts:
        found = _both(found, bounds_of(part))
    return found if "fraction" in shape.types else found.of_integers()


def _both(one: Bounds, other: Bounds) -> Bounds:
    low, open_low = one.low, one.open_low
    if other.low is not None and (low is None or (other.low, other.open_low) > (low, open_low)):
        low, open_low = other.low, other.open_low
    high, open_high = one.high, one.open_high
    if other.high is not None and (
        high is None or (-other.high, other.open_high) > (-high, open_high)
    ):
        high, open_high = other.high, other.open_high
    return Bounds(low, high, open_low, open_high)


def divisor_of(part: At) -> Fraction | None:
    """What numbers have to be multiples of."""
    found = quantity(part, "multipleOf")
    return found if found is not None and found > 0 else None


def divides(divisor: Fraction, shape: Shape) -> bool:
    """Whether every number of a shape is a multiple of this, evidently."""
    known = [divisor_of(part) for part in shape.parts]
    if "fraction" not in shape.types:
        known.append(Fraction(1))
    return any(one is not None and (one / divisor).denominator == 1 for one in known)
