"""Why does a service not start? The one answer that terminal, web and JSON all give."""

from __future__ import annotations

from tierline.frozen import frozen
from tierline.plan.model import Checkpoint
from tierline.rollout.queues import checkpoint_due, settled
from tierline.rollout.state import PASSED, Held, Kind, ServiceState, State, Status

_OF_SERVICES = frozenset({Kind.OWNER, Kind.CONTRACT})
_NAMED = 5
"""blockers of one kind that are named; the rest is counted"""


@frozen
class Blocked:
    """One thing that a service waits for: `by` is a service, a tier (`t1`) or a person."""

    kind: Kind
    by: str
    message: str


def why(state: State, service_id: str) -> tuple[Blocked, ...]:
    """What keeps a pending or held service from starting; empty for all others."""
    progress = state.progress[service_id]
    if progress.state is ServiceState.HELD and progress.held is not None:
        return (_held(state, service_id, progress.held),)
    if progress.state is not ServiceState.PENDING:
        return ()
    if progress.due is not None:
        return (Blocked(Kind.CAPACITY, "retry", f"tries again: {progress.reason}"),)
    return _owners(state, service_id) or _groups(state, service_id) or _room(state)


def chain(state: State, service_id: str) -> tuple[str, ...]:
    """From a held service to the one that decides, itself first; itself alone if it decides."""
    names = [service_id]
    while True:
        held = state.progress[names[-1]].held
        if held is None or held.kind not in _OF_SERVICES or held.by in names:
            return tuple(names)
        names.append(held.by)


def _held(state: State, service_id: str, held: Held) -> Blocked:
    match held.kind:
        case Kind.OWNER | Kind.CONTRACT:
            *between, name = chain(state, service_id)[1:]
            cause = state.progress[name]
            fate = "failed" if cause.state is ServiceState.FAILED else "did not pass"
            if cause.breaks:
                fate = f"does not answer {between[-1] if between else 'it'} as promised"
            why_it = f": {cause.reason}" if cause.reason else ""
            via = f" (by way of {', '.join(between)})" if between else ""
            return Blocked(held.kind, held.by, f"waits for {name}{via}, which {fate}{why_it}")
        case Kind.TIER:
            return Blocked(
                held.kind,
                held.by,
                f"tier {held.by.removeprefix('t')} has a service that did not pass",
            )
        case Kind.CAPACITY:
            return Blocked(held.kind, held.by, f"the {held.by} is used up")
        case Kind.EVIDENCE:
            return Blocked(held.kind, held.by, state.progress[service_id].reason)
        case Kind.COMMAND | Kind.CHECKPOINT:
            return Blocked(held.kind, held.by, f"held by {held.by}: {state.reason}")


def _owners(state: State, service_id: str) -> tuple[Blocked, ...]:
    needs = state.index.needs(service_id)
    waiting = [owner for owner in needs if state.progress[owner].state not in PASSED]
    return tuple(_waits(state, service_id, owner) for owner in waiting[:_NAMED])


def _waits(state: State, service_id: str, other: str) -> Blocked:
    kind = state.index.wait(service_id, other)
    why_first = ", by contract first" if kind is Kind.CONTRACT else ""
    message = f"waits for {other}{why_first}, which is {state.progress[other].state}"
    return Blocked(kind, other, message)


def at_checkpoint(state: State) -> str:
    """What a rollout that waits for a person waits at, and what was done; "" for any other."""
    if state.status is not Status.RUNNING or not state.waits_at:
        return ""
    before = [name for name, group in state.index.group_of.items() if group < state.reached]
    passed = sum(state.progress[name].state in PASSED for name in before)
    share = str(passed) if passed == len(before) else f"{passed} of {len(before)}"
    noun = "service" if share == "1" else "services"
    return f"waits at the checkpoint after {called(state.waits_at)} ({share} {noun} verified)"


def called(group: str) -> str:
    """What people call a tier or batch: `tier 0` for `t0`, `batch t0-l1` for `t0-l1`."""
    return f"batch {group}" if "-" in group else f"tier {group.removeprefix('t')}"


def _groups(state: State, service_id: str) -> tuple[Blocked, ...]:
    index = state.index
    if index.group_of.get(service_id, 0) < state.open_groups:
        return ()
    before = state.open_groups - 1
    group = index.groups[before]
    if checkpoint_due(state):
        message = f"waits at the checkpoint after {called(group)}"
        return (Blocked(Kind.CHECKPOINT, group, message),)
    waiting = [
        name
        for name, other in index.group_of.items()
        if other == before and not settled(state.progress[name])
    ]
    named = ", ".join(waiting[:_NAMED])
    more = f" and {len(waiting) - _NAMED} more" if len(waiting) > _NAMED else ""
    if state.plan.checkpoint is Checkpoint.NONE:
        return (Blocked(Kind.TIER, group, f"waits for {called(group)}: {named}{more}"),)
    message = f"waits for the checkpoint after {called(group)}: {named}{more}"
    return (Blocked(Kind.CHECKPOINT, group, message),)


def _room(state: State) -> tuple[Blocked, ...]:
    if state.status is not Status.RUNNING:
        return (Blocked(Kind.COMMAND, state.held_by, f"held by {state.held_by}: {state.reason}"),)
    limit = state.plan.rules.limits.max_parallel
    if state.in_flight < limit:
        return ()
    return (Blocked(Kind.CAPACITY, "max_parallel", f"{limit} services are in flight already"),)
