"""The side of a conductor that looks: what the target shows and tells, and who gathers more of it.

A rollout, a watch and a look at what runs now all stand on one; it decides and records nothing.
"""

from __future__ import annotations

from collections.abc import Coroutine, Iterable

from tierline.conductor.asking_sources import Asking
from tierline.conductor.background import Background, listen, observe
from tierline.conductor.gathering import Gathering
from tierline.conductor.inbox import Broke, Inbox, Input
from tierline.conductor.judging import Judging
from tierline.conductor.sight import Sight
from tierline.conductor.world import World
from tierline.facts.evidence import Evidence
from tierline.facts.observation import Lost, Seen, Synced
from tierline.rollout.events import ServiceObserved
from tierline.rollout.state import State


class Lookout:
    """Owns the inbox, the view, the tasks that fill them, and what is due to be judged."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.inbox = Inbox()
        self.background = Background(self.inbox)
        holds = world.target.capabilities().holds_contracts
        self.sight = Sight(holds_contracts=holds, bus=world.bus)
        self.judging = Judging(self.sight)
        self._gathering = Gathering(world, self.sight, self.inbox, self.background)

    def open(self, *work: Coroutine[object, object, None]) -> None:
        """Begin to look and to listen, with any other work beside; `close` ends all of it."""
        target = self._world.target
        asking = [
            Asking(of, self._world.clock, self.sight, self.inbox) for of in self._world.sources
        ]
        hearing = [one.run(self._gathering.followed) for one in asking]
        for each in (observe(target, self.inbox), listen(target, self.inbox), *hearing, *work):
            self.background.spawn(each)

    async def close(self) -> None:
        """End every task; returns when they are gone."""
        await self.background.end()

    def take_in(self, item: Input) -> list[ServiceObserved]:
        """Learn from what arrived; returns what runs otherwise than before.

        Raises the error of a task that broke. What only a conductor understands is left to it.
        """
        match item:
            case Broke():
                raise item.error
            case Seen() | Synced() | Lost():
                self._tell_of_sight(item)
                return self.sight.observe(item)
            case _ if isinstance(item, Evidence):
                self.sight.learn(item)
                return []
            case _:
                return []

    def follow(self, state: State, names: Iterable[str]) -> None:
        """Make gathering and judging fit the progress of these services."""
        for name in sorted(names):
            if name in state.progress:
                self.sight.dirty.add(name)
                self._gathering.follow(state, name)

    def _tell_of_sight(self, item: Seen | Synced | Lost) -> None:
        if isinstance(item, Lost) and self.sight.synced:
            self._world.reporter.lost_sight(item.reason)
        if isinstance(item, Synced) and not self.sight.synced:
            self._world.reporter.in_sight()
