"""Finds out beside the loop what has to go back, since a target may take its time.

An answer to a state that has changed meanwhile is dropped, and asked for again.
"""

from __future__ import annotations

import asyncio

from tierline.conductor.answering import decision
from tierline.conductor.inbox import Considered
from tierline.conductor.lookout import Lookout
from tierline.conductor.world import World
from tierline.rollout.state import State


class Retreating:
    """One rollout's way back; asks for one answer at a time."""

    def __init__(self, world: World, lookout: Lookout) -> None:
        self._world, self._lookout = world, lookout
        self._task: asyncio.Task[None] | None = None

    def consider(self, state: State) -> None:
        """Begin to find out, unless that is being done already."""
        if self._task is None or self._task.done():
            self._task = self._lookout.background.spawn(self._considered(state))

    @staticmethod
    def stands(item: Considered, state: State) -> bool:
        """Whether an answer still fits."""
        return item.state.progress is state.progress and item.state.status is state.status

    async def _considered(self, state: State) -> None:
        event = await decision(self._world, state, self._lookout.sight.seen)
        self._lookout.inbox.put(Considered(state, event))
