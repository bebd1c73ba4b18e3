"""How a rollout turns back, and what ends its turning back; knows no decision, only what happened."""

from __future__ import annotations

from dataclasses import replace

from tierline.policy.model import OnFailure
from tierline.rollout.back import Back
from tierline.rollout.events import CommandAccepted
from tierline.rollout.state import PASSED, ServiceState, State, Status

_MAY_TURN = frozenset({Status.RUNNING, Status.HOLDING, Status.HELD, Status.COMPLETED})
_POLICY = "the policy"


def asked(state: State, event: CommandAccepted) -> State:
    """A person asks for a rollback; of a rollout that is over otherwise, nothing comes of it.

    What an earlier rollback brought back is judged on by what it went back to.
    """
    if state.status not in _MAY_TURN:
        return state
    goals = (state.back or Back()).goals
    for name in goals:
        if state.progress[name].state is not ServiceState.RESTORED:
            goals = goals.remove(name)
    return replace(
        state,
        status=Status.ROLLING_BACK,
        held_by=event.by,
        reason=event.reason or "asked to roll back",
        back=Back(goals=goals, blamed=frozenset(event.blamed), downtime=event.downtime),
        ended_at=None,
    )


def fallen(state: State, service_id: str) -> State:
    """A service has failed, or could not be judged: that begins a rollback, or ends one."""
    progress = state.progress[service_id]
    if state.status is Status.ROLLING_BACK and state.back and state.back.decided:
        broken = f"{service_id}: {progress.reason or progress.code or progress.state}"
        return replace(state, back=replace(state.back, broken=state.back.broken or broken))
    turns = (
        state.status is Status.RUNNING
        and state.plan.rules.on_failure is OnFailure.ROLLBACK
        and progress.state is ServiceState.FAILED
        and progress.ordinal > 0
        and service_id in state.index.services
    )
    if not turns:
        return state
    return replace(
        state,
        status=Status.ROLLING_BACK,
        held_by=_POLICY,
        reason=f"{service_id} failed",
        back=Back(),
    )


def restored(state: State, service_id: str) -> State:
    """A service works as it was before: decide anew, once who reads its data shows that it still does."""
    back = state.back
    if back is None or state.progress[service_id].state is not ServiceState.RESTORED:
        return state
    index = state.index
    touched = back.touched
    for name in index.waiters.get(service_id, ()):
        if state.progress[name].state in PASSED:
            touched = touched.insert(name)
    return replace(state, back=replace(back, stale=True, touched=touched))


def checked(state: State, service_id: str) -> State:
    """A neighbour is being asked: it need not be once more."""
    back = state.back
    if back is None or service_id not in back.touched:
        return state
    return replace(state, back=replace(back, touched=back.touched.discard(service_id)))
