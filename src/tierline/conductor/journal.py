"""Writes the turns of one rollout to the environment's journal, under the lease that was won."""

from __future__ import annotations

from tierline.conductor.turn import Turn
from tierline.conductor.world import World
from tierline.store.protocol import Entry
from tierline.targets.protocol import Fence


class Journal:
    """Knows how far the journal had come when it was opened, so that nobody else's rows are missed."""

    def __init__(self, world: World, fence: Fence, rollout: str) -> None:
        self._world = world
        self._fence = fence
        self._rollout = rollout
        self._seq = 0

    def open(self) -> None:
        """Go on from what the journal holds now."""
        self._seq = self._world.store.head(self._world.environment)

    def write(self, turn: Turn) -> None:
        """All events of a turn in one transaction, then tell of them. LeaseLost if others wrote."""
        if turn.events:
            entry = Entry(self._rollout, self._fence.token, turn.now, turn.events)
            self._seq = self._world.store.append(self._world.environment, self._seq, entry)
            self._world.reporter.happened(turn.events, turn.state, turn.now)
