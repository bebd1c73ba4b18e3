"""Writes the turns of one rollout to the environment's journal, under the lease that was won.

Every transaction costs an fsync. What the world shows again to whoever looks (a service as it is
seen, an effect that was accepted) need not outlive us, so it waits for the next turn that must.
"""

from __future__ import annotations

import asyncio

from tierline.conductor.turn import Turn
from tierline.conductor.world import World
from tierline.errors import TemporaryError
from tierline.facts.instant import Instant
from tierline.rollout.events import EffectSettled, Event, ServiceObserved
from tierline.store.protocol import LOCKED, Entry
from tierline.targets.protocol import Fence

LOCKED_SECONDS = 30.0
"""how long another process may have the journal locked before the rollout ends over it"""
WAIT_SECONDS = 0.2
"""how long an observation may wait for a turn that must be written"""


class Journal:
    """Knows how far the journal had come when it was opened, so that nobody else's rows are missed."""

    def __init__(self, world: World, fence: Fence, rollout: str) -> None:
        self._world = world
        self._fence = fence
        self._rollout = rollout
        self._seq = 0
        self._waiting: list[Turn] = []

    @property
    def due(self) -> Instant | None:
        """When what waits is to be written at the latest; None where nothing waits."""
        return self._waiting[0].now + WAIT_SECONDS if self._waiting else None

    def open(self) -> None:
        """Go on from what the journal holds now."""
        self._seq = self._world.store.head(self._world.environment)

    def write(self, turn: Turn) -> None:
        """Write a turn and all that waited before it in one transaction, then tell of them.

        A turn of mere observations waits, unless something is due. LeaseLost if others wrote. After
        a TemporaryError the same turn may be written again.
        """
        overdue = self.due is not None and self.due <= turn.now
        turns = [*self._waiting, turn] if turn.events else self._waiting
        if overdue or not all(may_wait(event) for event in turn.events):
            self._write(turns)
            turns = []
        self._waiting = turns

    async def write_in_time(self, turn: Turn) -> None:
        """The same; where another process has the journal locked, for some time again and again."""
        clock = self._world.clock
        patient_until = clock.now() + LOCKED_SECONDS
        while True:
            try:
                self.write(turn)
            except TemporaryError as error:
                if error.code != LOCKED or clock.now() >= patient_until:
                    raise
                await asyncio.sleep(WAIT_SECONDS)
            else:
                return

    def _write(self, turns: list[Turn]) -> None:
        entries = (Entry(self._rollout, self._fence.token, one.now, one.events) for one in turns)
        self._seq = self._world.store.append(self._world.environment, self._seq, *entries)
        for one in turns:
            self._world.reporter.happened(one.events, one.state, one.now)


def may_wait(event: Event) -> bool:
    """Whether a conductor that never read this event would find it out by looking."""
    match event:
        case ServiceObserved() | EffectSettled(outcome="accepted"):
            return True
        case _:
            return False
