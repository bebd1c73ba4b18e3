"""What one turn of the loop adds up to: the events to record, and the state they lead to."""

from __future__ import annotations

from collections.abc import Iterable

from tierline.facts.instant import Instant
from tierline.rollout.events import Event
from tierline.rollout.evolve import evolve
from tierline.rollout.state import State


class Turn:
    """Begins with the state of the turn before; every event added moves it on."""

    def __init__(self, state: State, now: Instant) -> None:
        self.state = state
        self.now = now
        self.events: list[Event] = []

    def add(self, event: Event) -> None:
        """One event more."""
        self.events.append(event)
        self.state = evolve(self.state, event, self.now)

    def add_all(self, events: Iterable[Event]) -> None:
        """Several events, in order."""
        for event in events:
            self.add(event)

    @property
    def touched(self) -> frozenset[str]:
        """The services that the events are about."""
        names = (getattr(event, "service_id", "") for event in self.events)
        return frozenset(name for name in names if name)
