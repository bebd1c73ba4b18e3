"""The journal of a played script with true times, and the states that its rows lead through."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from simulation.play import ENVIRONMENT, ROLLOUT, Played
from tierline.facts.instant import Instant
from tierline.rollout.events import Event, Recorded, RolloutRequested
from tierline.rollout.evolve import begin, evolve
from tierline.rollout.state import State


def journal(played: Played) -> list[Recorded]:
    """All rows, each with the true time at which it was written, whatever its writer's clock said."""
    rows = played.store.read(ENVIRONMENT, ROLLOUT)
    return [replace(row, at=row.at - played.ahead.get(row.token, 0.0)) for row in rows]


def states(played: Played) -> Iterator[tuple[State, Event, Instant]]:
    """(state before, event, when) of every event after the request."""
    state: State | None = None
    for row in journal(played):
        if state is None:
            assert isinstance(row.event, RolloutRequested)
            state = begin(played.script.plan, row.rollout, row.event, row.at)
            continue
        yield state, row.event, row.at
        state = evolve(state, row.event, row.at)
