"""Where the policy holds only who uses what broke: exactly these are held. A checker."""

from __future__ import annotations

from simulation.play import Played
from simulation.rows import states
from tierline.policy.model import OnBoundary
from tierline.rollout.events import (
    Action,
    Command,
    CommandAccepted,
    EffectIntended,
    LeaseAcquired,
    ServiceJudged,
)
from tierline.rollout.state import PASSED, Kind, ServiceState, State, Status


def i12_exactly_the_consumers(played: Played) -> list[str]:
    """Who uses what broke does not start, is not verified; nobody else is held for it."""
    if played.script.plan.rules.on_boundary is not OnBoundary.CONSUMERS:
        return []
    wrong: list[str] = []
    broken: dict[str, frozenset[str]] = {}
    for state, event, at in states(played):
        if isinstance(event, CommandAccepted) and event.command is Command.RESUME:
            broken.clear()
        if isinstance(event, LeaseAcquired):
            continue
        if isinstance(event, ServiceJudged) and event.holds:
            broken[event.service_id] = frozenset(event.holds)
        if isinstance(event, EffectIntended) and event.action is Action.APPLY:
            broken.pop(event.service_id, None)
            wrong += [
                f"{event.service_id} intended at {at} though {provider} breaks what it uses"
                for provider, used in broken.items()
                if event.service_id in used and state.status is not Status.ROLLING_BACK
            ]
    return wrong + _at_the_end(played.state, played)


def _at_the_end(state: State, played: Played) -> list[str]:
    wrong: list[str] = []
    for name, progress in state.progress.items():
        run = played.world.runs.get(name)
        breaks = run.behaviour.breaks if run else None
        if progress.state in PASSED and progress.action is Action.APPLY:
            wrong += [
                f"{consumer} passed, and {name} breaks what it uses"
                for consumer in breaks or ()
                if consumer in state.index.services and state.of(consumer).state in PASSED
            ]
        held = progress.held
        if progress.state is not ServiceState.HELD or held is None or held.by not in state.progress:
            continue
        if held.kind is Kind.CONTRACT and state.of(held.by).state in PASSED:
            other = played.world.runs.get(held.by)
            if other is None or name not in (other.behaviour.breaks or ()):
                wrong.append(f"{name} is held for {held.by}, which breaks nothing of it")
        if held.kind is Kind.OWNER and state.of(held.by).state in PASSED:
            wrong.append(f"{name} is held for {held.by}, which passed")
    return wrong
