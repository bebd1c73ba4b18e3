"""An asyncio event loop on virtual time: where nothing is ready, time jumps to the next timer.

The conductor, the watchers and the simulated target run on it unchanged, so that a rollout of
hours takes milliseconds and the same seed gives the same run. Nothing on it may wait for the
outside world: a loop with neither ready work nor a timer would wait for ever, and says so.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from typing import TypeVar

from tierline.facts.instant import Instant

T = TypeVar("T")

EPOCH: Instant = 1_700_000_000.0
"""what a virtual clock shows at its start, in seconds since the epoch"""


class Deadlock(RuntimeError):  # noqa: N818 - names what happened
    """Nothing is ready and no timer is set: this run would never end."""


class _Jumping(selectors.SelectSelector):
    """A selector that does not wait but moves the loop's clock by as much as it would have."""

    def __init__(self) -> None:
        super().__init__()
        self.elapsed = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise Deadlock("nothing is ready and no timer is set")
        self.elapsed += max(0.0, timeout)
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop whose `time()` is virtual; it serves no sockets, threads or signals."""

    def __init__(self) -> None:
        self._jumping = _Jumping()
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.elapsed


class VirtualClock:
    """Satisfies `Clock` by the running loop's time, which begins at `start`."""

    def __init__(self, start: Instant = EPOCH) -> None:
        self._start = start

    def now(self) -> Instant:
        return self._start + asyncio.get_running_loop().time()


def run_virtually(work: Coroutine[object, object, T]) -> T:
    """Run to the end on a loop of its own; returns or raises what `work` does."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(work)
