"""Keeps one gatherer of evidence running for each service that is judged."""

from __future__ import annotations

import asyncio

from tierline.conductor.background import Background
from tierline.conductor.inbox import Inbox
from tierline.conductor.sight import Sight, expectation_of
from tierline.conductor.world import World
from tierline.evidence.watch import watch
from tierline.rollout.state import PROVEN, ServiceState, State


class Gathering:
    """Starts and ends gatherers as services come into and out of judgement."""

    def __init__(self, world: World, sight: Sight, inbox: Inbox, background: Background) -> None:
        self._target = world.target
        self._clock = world.clock
        self._sight = sight
        self._inbox = inbox
        self._background = background
        self._tasks: dict[str, tuple[str, asyncio.Task[None]]] = {}

    def followed(self) -> tuple[str, ...]:
        """The services that are judged now."""
        return tuple(self._tasks)

    def follow(self, state: State, service_id: str) -> None:
        """Make the gathering for one service fit its progress: one gatherer per effect."""
        progress = state.progress[service_id]
        wanted = progress.state is ServiceState.VERIFYING or progress.state in PROVEN
        key, task = self._tasks.get(service_id, ("", None))
        if task is not None and (not wanted or key != progress.key):
            task.cancel()
            del self._tasks[service_id]
            task = None
        if wanted and task is None:
            work = watch(
                self._target,
                expectation_of(state, self._sight, service_id),
                self._clock,
                self._inbox.put,
                lambda: len(self._tasks),
            )
            self._tasks[service_id] = (progress.key, self._background.spawn(work))
