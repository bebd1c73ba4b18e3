"""decide(state, now) -> what to do next: one turn of the loop, O(changes); chooses, never acts."""

from __future__ import annotations

from tierline.facts.instant import Instant
from tierline.rollout.choices import Choice, Decided, End, Intend, Resend, Stop
from tierline.rollout.events import (
    Action,
    CheckpointReached,
    EffectIntended,
    Ending,
    WatermarkRaised,
    effect_key,
)
from tierline.rollout.heap import Heap, pop
from tierline.rollout.queues import checkpoint_due, is_open, startable
from tierline.rollout.retreat import retreat
from tierline.rollout.state import ENDED, PASSED, ServiceState, State, Status


def decide(state: State, now: Instant) -> Decided:
    """Choose what to start, to send again, or that the rollout is over."""
    if state.status in ENDED:
        return Decided((), None)
    due, wake_at = _due(state, now)
    again = [name for name in due if state.progress[name].state is ServiceState.STARTING]
    choices: list[Choice] = [Resend(name, state.progress[name].key) for name in again]
    if state.status is Status.ROLLING_BACK:
        return retreat(state, choices, now, wake_at)
    stop = checkpoint_due(state) if state.status is Status.RUNNING else 0
    if stop and state.reached != stop:
        choices.append(Stop(CheckpointReached(state.index.groups[stop - 1])))
    if state.status is Status.RUNNING:
        room = max(0, state.plan.rules.limits.max_parallel - state.in_flight)
        retried = [name for name in due if startable(state, name) and is_open(state, name)][:room]
        names = retried + _next(state, room - len(retried))
        choices += [_intend(state, name) for name in names]
    waits = state.status is Status.RUNNING and wake_at is not None
    if not choices and not waits and not stop and _over(state):
        return Decided((_end(state),), None)
    return Decided(tuple(choices), wake_at)


def _due(state: State, now: Instant) -> tuple[list[str], Instant | None]:
    """Services whose waiting time is over, and when the next one's will be."""
    names: list[str] = []
    heap = state.retries
    while heap is not None:
        at, name = heap.item
        if state.progress[name].due == at:
            if at > now:
                return names, at
            names.append(name)
        heap = pop(heap)
    return names, None


def _next(state: State, room: int) -> list[str]:
    """The first `room` startable services in line."""
    names: list[str] = []
    ready: Heap | None = state.ready
    while ready is not None and len(names) < room:
        name = ready.item[1]
        if startable(state, name) and state.progress[name].due is None and name not in names:
            names.append(name)
        ready = pop(ready)
    return names


def _intend(state: State, service_id: str) -> Intend:
    progress = state.progress[service_id]
    planned = state.index.services.get(service_id)
    fresh = progress.attempt == 0
    only_look = planned is None or (fresh and service_id in state.unchanged)
    action = Action.CHECK if only_look else Action.APPLY
    attempt = progress.attempt + 1
    first = action is Action.APPLY and not progress.ordinal
    return Intend(
        raised=_raised(state, service_id) if first else None,
        event=EffectIntended(
            key=effect_key(state.rollout, service_id, action, attempt),
            service_id=service_id,
            action=action,
            attempt=attempt,
            revision=planned.revision.id if planned else state.plan.outside.get(service_id, ""),
        ),
    )


def _raised(state: State, service_id: str) -> WatermarkRaised | None:
    """What data there may be once it is started; None where it has nothing to do with data."""
    use = state.plan.foresight.data.get(service_id) if state.plan.foresight else None
    if use is None:
        return None
    revision = state.index.services[service_id].revision.id
    return WatermarkRaised(
        service_id, revision, use.epoch, use.accepts, use.reads, use.writes, use.owns
    )


def _over(state: State) -> bool:
    if state.status is Status.ABORTING:
        return not len(state.unanswered)
    return not state.in_flight


def _end(state: State) -> End:
    if state.status is Status.ABORTING:
        return End(Ending.ABORTED, state.reason)
    planned = [(name, state.progress[name]) for name in state.index.services]
    stopped = [name for name, progress in planned if progress.state not in PASSED]
    if not stopped:
        return End(Ending.COMPLETED, "")
    if state.status is Status.HOLDING:
        return End(Ending.HELD, state.reason)
    failed = [name for name, p in planned if p.state is ServiceState.FAILED]
    named = ", ".join(failed[:5] or stopped[:5])
    verb = "failed" if failed else "did not pass"
    return End(Ending.HELD, f"{named} {verb}; {len(stopped)} of {len(planned)} not verified")
