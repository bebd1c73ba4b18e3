"""The next step of a rollback: one after the other, and a new decision after each. O(changes).

Which services go back is decided elsewhere and comes as an event; this only follows it.
"""

from __future__ import annotations

from collections.abc import Sequence

from tierline.facts.instant import Instant
from tierline.facts.revision import ABSENT
from tierline.rollout.back import Back
from tierline.rollout.choices import Choice, Consider, Decided, End, Intend
from tierline.rollout.events import (
    Action,
    BackStep,
    EffectIntended,
    Ending,
    RollbackDecided,
    effect_key,
)
from tierline.rollout.state import ServiceState, State

_NAMED = 5


def retreat(
    state: State, resent: Sequence[Choice], now: Instant, wake_at: Instant | None
) -> Decided:
    """What to do now, while a rollout rolls back. `resent`: effects that are sent again meanwhile."""
    if state.in_flight:
        return Decided(tuple(resent), wake_at)
    back = state.back
    if back is None or back.decided is None:
        return Decided((Consider(),), wake_at)
    if back.broken:
        return _end(Ending.HELD, f"the rollback stopped: {back.broken}")
    if len(back.touched):
        room = max(1, state.plan.rules.limits.max_parallel)
        return Decided(tuple(_check(state, name) for name in sorted(back.touched)[:room]), None)
    if back.stale:
        return Decided((Consider(),), wake_at)
    return _go_on(state, back, back.decided, now, wake_at)


def _go_on(
    state: State, back: Back, decided: RollbackDecided, now: Instant, wake_at: Instant | None
) -> Decided:
    """The next group of a decision that still stands, or the end."""
    if decided.refusals:
        return _end(Ending.HELD, refused(decided))
    group = _next(state, decided)
    if not group:
        return _end(Ending.ROLLED_BACK, came_back(back))
    if any((due := state.progress[one.service_id].due) is not None and due > now for one in group):
        return Decided((), wake_at)
    return Decided(tuple(_moves(state, group)), None)


def _moves(state: State, group: Sequence[BackStep]) -> list[Intend]:
    """What is sent now. Of services that only work together all stop before one of them is back,
    and an owner is back before who reads its data.
    """
    if len(group) == 1:
        return [_intend(state, group[0])]
    run = [one.service_id for one in group if not _is_down(state, one.service_id)]
    if run:
        return [_intent(state, name, Action.STOP, ABSENT) for name in run]
    names = {one.service_id for one in group}
    owners = {one.service_id: state.index.services[one.service_id].owners for one in group}
    return [_intend(state, one) for one in group if not names.intersection(owners[one.service_id])]


def _is_down(state: State, service_id: str) -> bool:
    """Whether the newer revision was seen to be gone, by this conductor, or was replaced since."""
    progress = state.progress[service_id]
    seen = progress.verified_at is not None and progress.verified_at >= state.resumed_at
    return progress.action is Action.RESTORE or (progress.action is Action.STOP and seen)


def refused(decided: RollbackDecided) -> str:
    """Why nothing goes back, in one sentence."""
    first = decided.refusals[0]
    more = len(decided.refusals) - 1
    told = f" (and {more} more)" if more else ""
    return f"no safe rollback [{first.code}]: {' -> '.join(first.chain)}{told}"


def came_back(back: Back) -> str:
    """What a rollback came to, in one sentence."""
    failed = _named(back.decided.failed if back.decided else ())
    return f"rolled back because of {failed}: {_named(tuple(sorted(back.goals)))}"


def _named(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


def _end(ending: Ending, reason: str) -> Decided:
    return Decided((End(ending, reason),), None)


def _next(state: State, decided: RollbackDecided) -> list[BackStep]:
    """What goes back together now: of the first group that is not done, whoever is not back yet."""
    left = [
        one
        for one in decided.steps
        if state.progress[one.service_id].state is not ServiceState.RESTORED
    ]
    return [one for one in left if one.group == left[0].group]


def _intend(state: State, step: BackStep) -> Intend:
    action = Action.STOP if step.revision == ABSENT else Action.RESTORE
    return _intent(state, step.service_id, action, step.revision)


def _check(state: State, service_id: str) -> Intend:
    """Who reads data of what went back shows anew that it works, as it runs."""
    revision = state.index.services[service_id].revision.id
    return _intent(state, service_id, Action.CHECK, revision)


def _intent(state: State, service_id: str, action: Action, revision: str) -> Intend:
    attempt = state.progress[service_id].attempt + 1
    key = effect_key(state.rollout, service_id, action, attempt)
    return Intend(EffectIntended(key, service_id, action, attempt, revision))
