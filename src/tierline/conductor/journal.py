"""Writes the turns of one rollout to the environment's journal, under the lease that was won.

Every transaction costs an fsync, so the loop goes on while one is on its way, and all that came
meanwhile is the next one. What a successor finds out for itself (a service as it is seen, an effect
that was accepted, one that passed) need not outlive us, so it waits for a turn that must.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from tierline.conductor.turn import Turn
from tierline.conductor.world import World
from tierline.errors import TemporaryError
from tierline.facts.instant import Instant
from tierline.rollout.events import (
    EffectIntended,
    EffectSettled,
    Event,
    Judged,
    ServiceJudged,
    ServiceObserved,
)
from tierline.store.protocol import LOCKED, Entry
from tierline.targets.protocol import Fence

LOCKED_SECONDS = 30.0
"""how long another process may have the journal locked before the rollout ends over it"""
RETRY_SECONDS = 0.2
"""how long to wait before a locked journal is tried again"""
WAIT_SECONDS = 0.2
"""how long what a successor finds out for itself may wait for a turn that must be written"""

OnWritten = Callable[[], None]


def nobody() -> None:
    """For whoever does not want to hear that something was written."""


class Journal:
    """Knows how far the journal had come when it was opened, so that nobody else's rows are missed."""

    def __init__(
        self, world: World, fence: Fence, rollout: str, on_written: OnWritten = nobody
    ) -> None:
        self._world = world
        self._fence = fence
        self._rollout = rollout
        self._on_written = on_written
        self._seq = 0
        self._waiting: list[Turn] = []
        self._undurable: set[str] = set()
        self._called = False
        self._writing: asyncio.Task[None] | None = None

    @property
    def due(self) -> Instant | None:
        """When what waits has to be asked for again at the latest; None where nothing waits."""
        if self._called or not self._waiting:
            return None
        return self._waiting[0].now + WAIT_SECONDS

    def open(self) -> None:
        """Go on from what the journal holds now."""
        self._seq = self._world.store.head(self._world.environment)

    def add(self, turn: Turn) -> None:
        """Take a turn on; it is written with all that waited before it, in order, in one transaction.

        Begun at once, if nothing is being written, else right after that; a turn that may wait is
        kept for one that may not, unless something is due. Raises what `written` would, where an
        earlier one could not be written.
        """
        if self._writing is not None and self._writing.done():
            self._writing.result()
        overdue = self.due is not None and self.due <= turn.now
        if turn.events:
            self._waiting.append(turn)
            self._undurable |= {e.key for e in turn.events if isinstance(e, EffectIntended)}
        if overdue or not all(may_wait(event) for event in turn.events):
            self._called = True
            if self._writing is None or self._writing.done():
                self._writing = asyncio.create_task(self._write_all())

    def holds(self, key: str) -> bool:
        """Whether an effect with this key is announced for good: only then may it be sent."""
        return key not in self._undurable

    async def written(self) -> None:
        """Return when all that may not wait is durable.

        LeaseLost if others wrote, TemporaryError where the medium does not take it: what it did not
        take is not in the journal, and nothing more is.
        """
        if self._writing is not None:
            await self._writing

    async def close(self) -> None:
        """End the writing; what is on its way to the disk may get there, what waits does not."""
        if self._writing is not None:
            self._writing.cancel()
            await asyncio.gather(self._writing, return_exceptions=True)

    async def _write_all(self) -> None:
        try:
            while self._called:
                turns, self._waiting, self._called = self._waiting, [], False
                await self._write(turns)
        finally:
            self._on_written()

    async def _write(self, turns: list[Turn]) -> None:
        """In one transaction; where another process has the journal locked, again and again."""
        world = self._world
        entries = [Entry(self._rollout, self._fence.token, one.now, one.events) for one in turns]
        patient_until = world.clock.now() + LOCKED_SECONDS
        while True:
            try:
                self._seq = await world.store.commit(world.environment, self._seq, *entries)
                break
            except TemporaryError as error:
                if error.code != LOCKED or world.clock.now() >= patient_until:
                    raise
                await asyncio.sleep(RETRY_SECONDS)
        for one in turns:
            self._undurable -= {e.key for e in one.events if isinstance(e, EffectIntended)}
            world.reporter.happened(one.events, one.state, one.now)
        self._on_written()


def may_wait(event: Event) -> bool:
    """Whether a conductor that never read this event would find it out by looking."""
    match event:
        case ServiceObserved() | EffectSettled(outcome="accepted"):
            return True
        case ServiceJudged(verdict=Judged.VERIFIED):
            return True
        case _:
            return False
