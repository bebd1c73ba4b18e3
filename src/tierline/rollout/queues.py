"""Who may start next: counts and queues that follow from every service's progress.

`reckon` derives them from nothing (at the start and on resume); the other functions keep them
current, each in O(log n) a service that changes. Knows nothing of events.
"""

from __future__ import annotations

from dataclasses import replace

from rpds import HashTrieMap

from tierline.plan.model import Checkpoint
from tierline.rollout.heap import Heap, heap_of, pop, push
from tierline.rollout.state import IN_FLIGHT, PASSED, Progress, ServiceState, State


def reckon(state: State) -> State:
    """Counts and queues from progress alone, O(services + edges)."""
    index = state.index
    unsettled = dict.fromkeys(range(len(index.groups)), 0)
    for name, group in index.group_of.items():
        if not settled(state.progress[name]):
            unsettled[group] += 1
    missing = {
        name: sum(state.progress[owner].state not in PASSED for owner in index.needs(name))
        for name in state.progress
    }
    waiting = [
        name
        for name, progress in state.progress.items()
        if progress.state is ServiceState.PENDING and progress.due is None and not missing[name]
    ]
    waits = [(p.due, name) for name, p in state.progress.items() if p.due is not None]
    by_group: dict[int, list[str]] = {}
    for name in waiting:
        if name in index.services:
            by_group.setdefault(index.group_of[name], []).append(name)
    outside = heap_of((index.rank(name), name) for name in waiting if name not in index.services)
    queues = {
        group: heap_of((index.rank(name), name) for name in names)
        for group, names in by_group.items()
    }
    derived = replace(
        state,
        missing=HashTrieMap(missing),
        unsettled=HashTrieMap(unsettled),
        closed=HashTrieMap({group: queue for group, queue in queues.items() if queue}),
        ready=outside,
        retries=heap_of(waits),
        open_groups=0,
        in_flight=sum(p.state in IN_FLIGHT for p in state.progress.values()),
        failures=sum(state.progress[name].state is ServiceState.FAILED for name in index.services),
    )
    return open_groups(derived)


def settled(progress: Progress) -> bool:
    """Whether a service no longer keeps later tiers and batches closed."""
    return progress.state is not ServiceState.PENDING and progress.state not in IN_FLIGHT


def checkpoint_due(state: State) -> int:
    """The closed group before which a checkpoint stops the rollout now, 0 where none does."""
    group = state.open_groups
    stops = 0 < group < len(state.index.groups) and not state.unsettled[group - 1]
    return group if stops else 0


def _shut(state: State, group: int) -> bool:
    """Whether something before a group is unsettled, or a person has to let it start.

    Nobody is asked about a group in which there is nothing left to start.
    """
    if group == 0 or state.unsettled[group - 1]:
        return group > 0
    stops = state.plan.checkpoint is not Checkpoint.NONE and group > state.passed
    return stops and state.unsettled[group] > 0


def open_groups(state: State) -> State:
    """Open every group that nothing shuts."""
    while state.open_groups < len(state.index.groups) and not _shut(state, state.open_groups):
        group = state.open_groups
        queue = state.closed.get(group)
        ready = state.ready
        while queue is not None:
            ready, queue = push(ready, queue.item), pop(queue)
        closed = state.closed.discard(group)
        state = replace(state, ready=ready, closed=closed, open_groups=group + 1)
    return state


def _close_from(state: State, first: int) -> State:
    """Close a group in which all was settled until now, and those after it; O(startable)."""
    ready, closed, queue = None, state.closed, state.ready
    while queue is not None:
        group = state.index.group_of.get(queue.item[1], -1)
        if group < first:
            ready = push(ready, queue.item)
        else:
            closed = closed.insert(group, push(closed.get(group), queue.item))
        queue = pop(queue)
    open_now = min(state.open_groups, first)
    return replace(state, ready=ready, closed=closed, open_groups=open_now)


def enqueue(state: State, service_id: str) -> State:
    """Queue a pending service that misses no owner: to start, or to wait for its group."""
    item = (float(state.index.rank(service_id)), service_id)
    if is_open(state, service_id):
        return replace(state, ready=push(state.ready, item))
    group = state.index.group_of[service_id]
    queue = push(state.closed.get(group), item)
    return replace(state, closed=state.closed.insert(group, queue))


def drop_stale(state: State) -> Heap | None:
    """The queue of startable services without names at its head that have moved on."""
    ready = state.ready
    while ready is not None and not startable(state, ready.item[1]):
        ready = pop(ready)
    return ready


def drop_overtaken(state: State) -> Heap | None:
    """The queue of retries without entries at its head that something else overtook."""
    retries = state.retries
    while retries is not None and state.progress[retries.item[1]].due != retries.item[0]:
        retries = pop(retries)
    return retries


def is_open(state: State, service_id: str) -> bool:
    """Whether a service's group is open; owners outside the plan are in none."""
    group = state.index.group_of.get(service_id)
    return group is None or group < state.open_groups


def startable(state: State, service_id: str) -> bool:
    """Pending, with every owner passed."""
    pending = state.progress[service_id].state is ServiceState.PENDING
    return pending and not state.missing[service_id]


def move(state: State, service_id: str, progress: Progress) -> State:
    """Give one service new progress and keep every count and queue that depends on it current."""
    before, group = state.progress[service_id], state.index.group_of.get(service_id)
    failed = (progress.state is ServiceState.FAILED) - (before.state is ServiceState.FAILED)
    state = replace(
        state,
        progress=state.progress.insert(service_id, progress),
        in_flight=state.in_flight + (progress.state in IN_FLIGHT) - (before.state in IN_FLIGHT),
        failures=state.failures + (failed if group is not None else 0),
    )
    if group is not None and settled(progress) != settled(before):
        count = state.unsettled[group] + (1 if settled(before) else -1)
        state = replace(state, unsettled=state.unsettled.insert(group, count))
        if settled(before) and count == 1:
            state = _close_from(state, group)
    if before.due is not None:
        state = replace(state, retries=drop_overtaken(state))
    gained = (progress.state in PASSED) - (before.state in PASSED)
    if gained:
        state = _tell_waiters(state, service_id, gained)
    return open_groups(state)


def _tell_waiters(state: State, owner: str, gained: int) -> State:
    for waiter in state.index.waiters.get(owner, ()):
        missing = state.missing[waiter] - gained
        state = replace(state, missing=state.missing.insert(waiter, missing))
        if startable(state, waiter) and state.progress[waiter].due is None:
            state = enqueue(state, waiter)
    return state
