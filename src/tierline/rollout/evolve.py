"""evolve(state, event) -> state: the only way in which a rollout's state changes.

What follows from a failure without anybody's choice (whoever waits for a failed owner is held,
a used-up budget holds the rest) happens here too, so that the fold alone explains it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from rpds import HashTrieMap, HashTrieSet

from tierline.facts.instant import Instant
from tierline.plan.model import Plan
from tierline.policy.model import OnTierFailure, TierMode
from tierline.rollout.back import Back, decided
from tierline.rollout.consequences import BUDGET, consequences, hold, hold_dependents
from tierline.rollout.events import (
    Action,
    CheckpointReached,
    Command,
    CommandAccepted,
    EffectIntended,
    EffectSettled,
    Ending,
    Event,
    Judged,
    LeaseAcquired,
    Recorded,
    RollbackDecided,
    RolloutEnded,
    RolloutRequested,
    ServiceDegraded,
    ServiceJudged,
    ServiceObserved,
    ServiceRecovered,
    WatchBegan,
    WatchEnded,
    WatermarkRaised,
)
from tierline.rollout.heap import pop, push
from tierline.rollout.queues import drop_stale, move, reckon
from tierline.rollout.state import (
    BACKWARD,
    ENDED,
    IN_FLIGHT,
    PASSED,
    PROVEN,
    Held,
    Kind,
    Progress,
    ServiceState,
    State,
    Status,
    index_of,
)
from tierline.rollout.turning import asked, checked, fallen, restored
from tierline.rollout.watch import judged, watched
from tierline.rollout.withholding import barred, held_back, released, withhold

_STOPS = frozenset({Status.HELD, Status.HOLDING})
_GOES_ON = frozenset({Status.RUNNING, Status.HOLDING, Status.ROLLING_BACK})
_OVER = ENDED - {Status.HELD}
_STOPPED = frozenset({ServiceState.FAILED, ServiceState.HELD})


def begin(plan: Plan, rollout: str, event: RolloutRequested, at: Instant) -> State:
    """The state after a rollout's first event."""
    index = index_of(plan)
    names = [*index.services, *index.outside]
    state = State(
        index=index,
        rollout=rollout,
        requested=event,
        requested_at=at,
        resumed_at=at,
        progress=HashTrieMap({name: Progress(since=at) for name in names}),
        unchanged=HashTrieSet(event.unchanged),
    )
    return reckon(state)


def fold(plan: Plan, rows: Iterable[Recorded]) -> State | None:
    """All of a rollout's rows, in order; None when there are none."""
    state: State | None = None
    for row in rows:
        if isinstance(row.event, RolloutRequested):
            state = begin(plan, row.rollout, row.event, row.at)
        elif state is not None:
            state = evolve(state, row.event, row.at)
    return state


def evolve(state: State, event: Event, at: Instant) -> State:
    """The state after one more event at `at`."""
    match event:
        case EffectIntended():
            return _intended(state, event, at)
        case EffectSettled():
            return _settled(state, event, at)
        case ServiceJudged():
            return _judged(state, event, at)
        case CheckpointReached() | CommandAccepted() | RollbackDecided():
            return _steered(state, event, at)
        case LeaseAcquired():
            return _taken_over(state, event, at)
        case RolloutEnded():
            return _ended(state, event, at)
        case WatchBegan() | WatchEnded() | ServiceDegraded() | ServiceRecovered():
            return replace(state, watch=watched(state.watch, event, at))
        case ServiceObserved() | RolloutRequested() | WatermarkRaised():
            return state


def _taken_over(state: State, event: LeaseAcquired, at: Instant) -> State:
    """A new conductor believes only what it sees: what had passed is verified anew, as it runs."""
    state = replace(state, fence=event.fence, resumed_at=at)
    progress = state.progress
    if state.status in _GOES_ON:
        for name, before in state.progress.items():
            if before.state in PROVEN:
                again = replace(before, state=ServiceState.VERIFYING, since=at)
                progress = progress.insert(name, again)
    return state if progress is state.progress else reckon(replace(state, progress=progress))


def _intended(state: State, event: EffectIntended, at: Instant) -> State:
    state = released(state, event.service_id)
    before = state.progress[event.service_id]
    ready = drop_stale(state)
    if ready is not None and ready.item[1] == event.service_id:
        ready = pop(ready)
    first = event.action is Action.APPLY and not before.ordinal
    started = state.started + first
    progress = replace(
        before,
        state=ServiceState.STARTING,
        since=at,
        attempt=event.attempt,
        action=event.action,
        key=event.key,
        unsure=0,
        due=None,
        code="",
        reason="",
        ordinal=started if first else before.ordinal,
        asked_at=at,
        revision=event.revision,
        turned_at=_turned_at(before, event),
        started_at=at if first else before.started_at,
        verified_at=None,
    )
    unanswered = state.unanswered.insert(event.service_id)
    state = replace(state, ready=ready, started=started, unanswered=unanswered)
    return checked(move(state, event.service_id, progress), event.service_id)


def _turned_at(before: Progress, event: EffectIntended) -> int:
    if event.action not in BACKWARD:
        return 0
    return before.turned_at if before.action in BACKWARD else before.attempt


def _settled(state: State, event: EffectSettled, at: Instant) -> State:
    before = state.progress[event.service_id]
    if before.key != event.key or before.state is not ServiceState.STARTING:
        return state
    limits = state.plan.rules.limits
    if event.outcome == "unknown" and before.unsure + 1 < limits.attempts:
        due = at + limits.retry_seconds
        progress = replace(before, unsure=before.unsure + 1, due=due, reason=event.message)
        retries = push(state.retries, (due, event.service_id))
        return move(replace(state, retries=retries), event.service_id, progress)
    state = replace(state, unanswered=state.unanswered.discard(event.service_id))
    if event.outcome == "accepted":
        progress = replace(before, state=ServiceState.VERIFYING, since=at, due=None)
        return move(state, event.service_id, progress)
    if event.outcome == "unknown":
        return _hold_for_evidence(state, event.service_id, "effect/unknown", event.message, at)
    tries = before.attempt - before.turned_at
    if event.temporary and tries < limits.attempts:
        due = at + limits.retry_seconds * 2 ** (tries - 1)
        progress = replace(
            before,
            state=ServiceState.PENDING,
            since=at,
            due=due,
            code=event.code,
            reason=event.message,
        )
        back = before.action in BACKWARD
        barrier = None if back else _barrier(state, event.service_id)
        if barrier is not None:
            state = hold(move(state, event.service_id, progress), event.service_id, barrier, at)
            withheld = event.service_id in state.withheld
            follow = consequences if withheld else hold_dependents
            return follow(state, event.service_id, at)
        state = replace(state, retries=push(state.retries, (due, event.service_id)))
        return move(state, event.service_id, progress)
    return _fail(state, event.service_id, event.code, event.message, at)


def _barrier(state: State, service_id: str) -> Held | None:
    """What came between a service's start and its being pending again; None if it may try again."""
    index, rules = state.index, state.plan.rules
    bar = barred(state, service_id)
    if bar is not None:
        return bar
    for owner in index.needs(service_id):
        if state.progress[owner].state in _STOPPED:
            return Held(index.wait(service_id, owner), owner)
    planned = index.services.get(service_id)
    if planned is None:
        return None
    budget = rules.limits.failure_budget
    if budget is not None and state.failures >= budget:
        return BUDGET
    if rules.tiers is TierMode.STRICT and rules.on_tier_failure is OnTierFailure.HOLD:
        for name, other in index.services.items():
            lower = other.effective_tier < planned.effective_tier
            if lower and state.progress[name].state in _STOPPED:
                return Held(Kind.TIER, f"t{other.effective_tier}")
    return None


def _judged(state: State, event: ServiceJudged, at: Instant) -> State:
    before = state.progress[event.service_id]
    if event.key != before.key:
        return state
    if state.watch is not None:
        state = replace(state, watch=judged(state.watch, event))
    if event.verdict is Judged.FAILED:
        return _fail(state, event.service_id, event.code, event.message, at)
    if event.verdict is Judged.UNDECIDED:
        return _hold_for_evidence(state, event.service_id, event.code, event.message, at)
    if before.state not in IN_FLIGHT:
        return withhold(state, event.service_id, {*before.breaks, *event.holds}, at)
    progress = replace(
        before,
        state=_passed(state, event.service_id),
        since=at,
        due=None,
        code=event.code,
        reason=event.message,
        verified_at=at,
    )
    state = replace(state, unanswered=state.unanswered.discard(event.service_id))
    state = move(state, event.service_id, progress)
    if before.action in BACKWARD:
        return restored(state, event.service_id)
    return held_back(withhold(state, event.service_id, event.holds, at), event.service_id, at)


def _passed(state: State, service_id: str) -> ServiceState:
    progress = state.progress[service_id]
    if progress.action in BACKWARD:
        half_way = state.comes_back(service_id)
        return ServiceState.PENDING if half_way else ServiceState.RESTORED
    looked_at = progress.action is Action.CHECK and not progress.ordinal
    planned = service_id in state.index.services
    return ServiceState.UNCHANGED if looked_at and planned else ServiceState.VERIFIED


def _fail(state: State, service_id: str, code: str, reason: str, at: Instant) -> State:
    before = state.progress[service_id]
    state = replace(state, unanswered=state.unanswered.discard(service_id))
    progress = replace(
        before, state=ServiceState.FAILED, since=at, due=None, code=code, reason=reason, held=None
    )
    return fallen(consequences(move(state, service_id, progress), service_id, at), service_id)


def _hold_for_evidence(state: State, service_id: str, code: str, reason: str, at: Instant) -> State:
    held = Held(Kind.EVIDENCE, service_id)
    before = state.progress[service_id]
    state = replace(state, unanswered=state.unanswered.discard(service_id))
    progress = replace(
        before, state=ServiceState.HELD, since=at, due=None, code=code, reason=reason, held=held
    )
    return fallen(consequences(move(state, service_id, progress), service_id, at), service_id)


def _steered(
    state: State, event: CheckpointReached | CommandAccepted | RollbackDecided, at: Instant
) -> State:
    """Where people are waited for, what they ask, and what has to go back."""
    match event:
        case CheckpointReached():
            return replace(state, reached=_checkpoint(state, event.after))
        case RollbackDecided():
            return replace(state, back=decided(state.back or Back(), event))
        case CommandAccepted():
            return _commanded(state, event, at)


def _commanded(state: State, event: CommandAccepted, at: Instant) -> State:
    state = replace(state, last_command=event.command_id or state.last_command)
    match event.command:
        case Command.HOLD if state.status is Status.RUNNING:
            reason = event.reason or "asked to hold"
            return replace(state, status=Status.HOLDING, held_by=event.by, reason=reason)
        case Command.ABORT if state.status not in _OVER:
            reason = event.reason or "asked to abort"
            return replace(state, status=Status.ABORTING, held_by=event.by, reason=reason)
        case Command.RESUME if state.status in _STOPS or (event.passes and _runs(state)):
            passed = max(state.passed, _checkpoint(state, event.passes))
            return _resumed(replace(state, passed=passed), at)
        case Command.ROLLBACK:
            return asked(state, event)
        case Command.SUPERSEDE if state.status not in _OVER:
            return replace(state, held_by=event.by, reason=event.reason or "superseded")
        case _:
            return state


def _runs(state: State) -> bool:
    return state.status is Status.RUNNING


def _checkpoint(state: State, after: str) -> int:
    """The group that a checkpoint keeps closed, 0 where the plan knows no such checkpoint."""
    groups = state.index.groups[:-1]
    return groups.index(after) + 1 if after in groups else 0


def _resumed(state: State, at: Instant) -> State:
    """What failed or was held is pending again; its next effect is a new attempt.

    What broke something for its consumers is judged again before they start.
    """
    progress = state.progress
    for name, before in state.progress.items():
        if before.breaks and before.state in PASSED:
            again = replace(before, state=ServiceState.VERIFYING, since=at, breaks=())
            progress = progress.insert(name, again)
        elif before.state not in IN_FLIGHT and before.state not in PASSED:
            again = replace(
                before,
                state=ServiceState.PENDING,
                since=at,
                held=None,
                code="",
                reason="",
                due=None,
            )
            progress = progress.insert(name, again)
    return reckon(
        replace(
            state,
            progress=progress,
            status=Status.RUNNING,
            reason="",
            held_by="",
            back=None,
            ended_at=None,
            withheld=HashTrieMap(),
        )
    )


def _ended(state: State, event: RolloutEnded, at: Instant) -> State:
    if event.ending is not Ending.COMPLETED:
        held = Held(Kind.COMMAND, state.held_by)
        for name, progress in state.progress.items():
            if progress.state is ServiceState.VERIFYING and progress.verified_before:
                state = move(state, name, replace(progress, state=_passed(state, name), since=at))
            elif progress.state is ServiceState.PENDING or progress.state in IN_FLIGHT:
                state = hold(state, name, held, at)
    status = {
        Ending.COMPLETED: Status.COMPLETED,
        Ending.HELD: Status.HELD,
        Ending.ABORTED: Status.ABORTED,
        Ending.SUPERSEDED: Status.SUPERSEDED,
        Ending.ROLLED_BACK: Status.ROLLED_BACK,
    }[event.ending]
    return replace(state, status=status, reason=event.reason, ended_at=at)
