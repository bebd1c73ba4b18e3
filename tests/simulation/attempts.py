"""Each time a rollout turned back: who was to blame, what people allowed, what took hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from simulation.play import Played
from simulation.rows import states
from tierline.rollout.events import (
    Action,
    Command,
    CommandAccepted,
    EffectIntended,
    RollbackDecided,
)
from tierline.rollout.state import Kind, ServiceState, State
from tierline.targets.simulated.world import Done


@dataclass(frozen=True)
class Attempt:
    """`failed` is to blame; `since` is the place of its first decision among the journal's rows."""

    failed: frozenset[str]
    downtime: bool
    since: int


def attempts(played: Played) -> list[Attempt]:
    """In order; who is to blame is worked out from what people asked and what had failed then."""
    found: list[Attempt] = []
    people = iter(played.script.backs)
    asked: CommandAccepted | None = None
    began = begun(played)
    for place, (state, event, _) in enumerate(states(played)):
        if isinstance(event, CommandAccepted) and event.command is Command.ROLLBACK:
            asked = next(people)
        first = state.back is None or state.back.decided is None
        if isinstance(event, RollbackDecided) and first:
            blamed = _blamed(state, asked) & began
            found.append(Attempt(blamed, asked is not None and asked.downtime, place))
            asked = None
    return found


def attempt_at(found: Sequence[Attempt], place: int) -> Attempt:
    """Which one a row is of; one that blames nobody before the first."""
    return next(
        (one for one in reversed(found) if one.since <= place), Attempt(frozenset(), False, 0)
    )


def begun(played: Played) -> frozenset[str]:
    """What this rollout began that ran at another revision before, as the journal intended it."""
    past = played.script.past
    planned = {one.service_id: one.revision.id for one in played.script.plan.services}
    return frozenset(
        event.service_id
        for _, event, _ in states(played)
        if past is not None
        and isinstance(event, EffectIntended)
        and event.action is Action.APPLY
        and event.service_id not in played.script.unchanged
        and past.revision(event.service_id) != planned.get(event.service_id)
    )


def backward(played: Played) -> list[Done]:
    """Effects that took hold and led back, in order."""
    return [one for one in played.done if one.key.split("/")[2] in {Action.RESTORE, Action.STOP}]


def _blamed(state: State, asked: CommandAccepted | None) -> frozenset[str]:
    started = frozenset(name for name, one in state.progress.items() if one.ordinal)
    if asked is not None and asked.blamed:
        return started & frozenset(asked.blamed)
    failed = {name for name in started if state.of(name).state is ServiceState.FAILED}
    unsure = {name for name in started if _unsure(state, name)}
    return frozenset(failed or unsure or started)


def _unsure(state: State, name: str) -> bool:
    held = state.of(name).held
    return held is not None and held.kind is Kind.EVIDENCE
