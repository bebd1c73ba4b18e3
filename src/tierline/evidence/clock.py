"""The only clock: monotonic from a start that is never before what the journal already holds."""

from __future__ import annotations

import time
from typing import Protocol

from tierline.facts.instant import Instant


class Clock(Protocol):
    """Says what time it is; never goes back."""

    def now(self) -> Instant: ...


class WallClock:
    """Starts at the larger of the wall clock and `not_before`, then follows the monotonic clock."""

    def __init__(self, not_before: Instant = 0.0) -> None:
        self._start = max(time.time(), not_before)
        self._origin = time.monotonic()

    def now(self) -> Instant:
        return self._start + (time.monotonic() - self._origin)
