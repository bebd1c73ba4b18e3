"""What a rollout leaves unresolved, as issues; knows neither older issues nor a clock.

Whoever decides for itself gets an issue: a failed service, one whose evidence did not suffice, one
that runs unverified, one verified with a warning or on assumptions. What only waits for it is the
impact of that issue, not one of its own.
"""

from __future__ import annotations

from tierline.facts.instant import Instant
from tierline.frozen import frozen
from tierline.ledger.identity import issue_id
from tierline.ledger.model import Issue, IssueState
from tierline.ledger.words import (
    action_for,
    action_for_left_out,
    impact_of,
    impact_of_left_out,
)
from tierline.plan.model import LeftOut
from tierline.rollout.events import Action
from tierline.rollout.state import PASSED, Kind, Progress, ServiceState, State, Status

ASSUMED = "owners/external"
UNVERIFIED = "rollout/unverified"
UNKNOWN_CAUSE = "rollout/unexplained"
UNASKED = "evidence/status-only"
"""what the policy wants of a whole environment is nothing that a service leaves unresolved"""
RESTORED = "rollback/restored"


@frozen
class Trouble:
    """One thing unresolved of one service, before it has an identity and a history."""

    service_id: str
    code: str
    message: str
    since: Instant


def derive(state: State) -> tuple[Issue, ...]:
    """The open issues of a rollout as it stands, by service in rank order, then code; what was left out last."""
    left = [one for one in state.plan.left_out if one.chain[-1] == one.service_id]
    return (*_of_services(state), *(_left_out(state, one) for one in left))


def _left_out(state: State, one: LeftOut) -> Issue:
    """What was left out for a reason of its own; what depends on it is its impact."""
    at = state.requested_at
    return Issue(
        id=issue_id(state.plan.environment, one.service_id, one.code),
        service_id=one.service_id,
        code=one.code,
        message=one.message,
        impact=impact_of_left_out(state.plan, one),
        next_action=action_for_left_out(state, one),
        state=IssueState.OPEN,
        rollout=state.rollout,
        opened_at=at,
        changed_at=at,
    )


def _of_services(state: State) -> tuple[Issue, ...]:
    return tuple(
        Issue(
            id=issue_id(state.plan.environment, trouble.service_id, trouble.code),
            service_id=trouble.service_id,
            code=trouble.code,
            message=trouble.message,
            impact=impact_of(state, trouble.service_id),
            next_action=_next_action(state, trouble),
            state=IssueState.OPEN,
            rollout=state.rollout,
            opened_at=trouble.since,
            changed_at=trouble.since,
        )
        for trouble in troubles(state)
    )


def _next_action(state: State, trouble: Trouble) -> str:
    if trouble.code == ASSUMED:
        names = ", ".join(state.index.services[trouble.service_id].externals)
        return f"ask whoever runs {names} whether it is well"
    return action_for(state, trouble.service_id)


def troubles(state: State) -> tuple[Trouble, ...]:
    """Everything unresolved, owners outside the plan first, then planned services by rank."""
    found: list[Trouble] = []
    for service_id in (*state.index.outside, *state.index.services):
        progress = state.of(service_id)
        trouble = _own(state, service_id, progress)
        if trouble is not None:
            found.append(trouble)
        assumed = _assumed(state, service_id, progress)
        if assumed is not None:
            found.append(assumed)
    return (*found, *_refused(state))


def _own(state: State, service_id: str, progress: Progress) -> Trouble | None:
    code = progress.code or UNKNOWN_CAUSE
    if progress.state is ServiceState.FAILED:
        return Trouble(service_id, code, progress.reason, progress.since)
    if progress.state in PASSED:
        warned = progress.code not in ("", UNASKED)
        return Trouble(service_id, code, progress.reason, progress.since) if warned else None
    if progress.state is ServiceState.RESTORED:
        return _restored(state, service_id, progress)
    held = progress.held
    if held is not None and held.kind is Kind.EVIDENCE:
        return Trouble(service_id, code, progress.reason, progress.since)
    if progress.started_at is not None and _stopped(state):
        message = f"was started, and the rollout ended as {state.status} before it was verified"
        return Trouble(service_id, UNVERIFIED, message, progress.since)
    return None


def _restored(state: State, service_id: str, progress: Progress) -> Trouble:
    goal = state.former(service_id)
    why = goal.because if goal else progress.reason
    where = (
        "was stopped" if progress.action is Action.STOP else f"is back at {progress.revision[:12]}"
    )
    return Trouble(service_id, RESTORED, f"{where}: {why}", progress.since)


def _refused(state: State) -> list[Trouble]:
    """Why something could not go back, of each service that keeps it from it."""
    back = state.back
    if back is None or back.decided is None or state.ended_at is None:
        return []
    return [
        Trouble(one.service_id, one.code, " -> ".join(one.chain), state.ended_at)
        for one in back.decided.refusals
        if one.service_id in state.progress
    ]


def _stopped(state: State) -> bool:
    return state.status in {
        Status.HELD,
        Status.ABORTED,
        Status.SUPERSEDED,
        Status.ROLLED_BACK,
    }


def _assumed(state: State, service_id: str, progress: Progress) -> Trouble | None:
    """Externals that a running service relies on and nobody asked for."""
    planned = state.index.services.get(service_id)
    if planned is None or not planned.externals or progress.state not in PASSED:
        return None
    names = ", ".join(planned.externals)
    message = f"reads data of {names}, outside the mesh: assumed to be well, not checked"
    return Trouble(service_id, ASSUMED, message, progress.verified_at or progress.since)
