"""Who may start next: counts and queues that follow from every service's progress.

`reckon` derives them from nothing (at the start and on resume); the other functions keep them
current, each in O(log n) a service that changes. Knows nothing of events.
"""

from __future__ import annotations

from dataclasses import replace

from rpds import HashTrieMap

from tierline.policy.model import TierMode
from tierline.rollout.heap import Heap, heap_of, pop, push
from tierline.rollout.state import IN_FLIGHT, PASSED, Progress, ServiceState, State


def reckon(state: State) -> State:
    """Counts and queues from progress alone, O(services + edges)."""
    index = state.index
    unsettled = dict.fromkeys(index.tiers, 0)
    for name, planned in index.services.items():
        if not settled(state.progress[name]):
            unsettled[planned.effective_tier] += 1
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
    by_tier: dict[int, list[str]] = {}
    for name in waiting:
        if name in index.services:
            by_tier.setdefault(index.services[name].effective_tier, []).append(name)
    outside = heap_of((index.rank(name), name) for name in waiting if name not in index.services)
    queues = {
        tier: heap_of((index.rank(name), name) for name in names) for tier, names in by_tier.items()
    }
    derived = replace(
        state,
        missing=HashTrieMap(missing),
        unsettled=HashTrieMap(unsettled),
        closed=HashTrieMap({tier: queue for tier, queue in queues.items() if queue}),
        ready=outside,
        retries=heap_of(waits),
        open_tiers=0,
        in_flight=sum(p.state in IN_FLIGHT for p in state.progress.values()),
        failures=sum(state.progress[name].state is ServiceState.FAILED for name in index.services),
    )
    return open_tiers(derived)


def settled(progress: Progress) -> bool:
    """Whether a service no longer keeps later tiers closed."""
    return progress.state is not ServiceState.PENDING and progress.state not in IN_FLIGHT


def open_tiers(state: State) -> State:
    """Open every tier whose lower tiers are settled; `prefer` opens all at once."""
    tiers = state.index.tiers
    strict = state.plan.rules.tiers is TierMode.STRICT
    while state.open_tiers < len(tiers):
        if strict and state.open_tiers and state.unsettled[tiers[state.open_tiers - 1]]:
            break
        tier = tiers[state.open_tiers]
        queue = state.closed.get(tier)
        ready = state.ready
        while queue is not None:
            ready, queue = push(ready, queue.item), pop(queue)
        closed = state.closed.discard(tier)
        state = replace(state, ready=ready, closed=closed, open_tiers=state.open_tiers + 1)
    return state


def enqueue(state: State, service_id: str) -> State:
    """Queue a pending service that misses no owner: to start, or to wait for its tier."""
    item = (float(state.index.rank(service_id)), service_id)
    planned = state.index.services.get(service_id)
    opened = state.index.tiers[: state.open_tiers]
    if planned is None or planned.effective_tier in opened:
        return replace(state, ready=push(state.ready, item))
    queue = push(state.closed.get(planned.effective_tier), item)
    return replace(state, closed=state.closed.insert(planned.effective_tier, queue))


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


def startable(state: State, service_id: str) -> bool:
    """Pending, with every owner passed."""
    pending = state.progress[service_id].state is ServiceState.PENDING
    return pending and not state.missing[service_id]


def move(state: State, service_id: str, progress: Progress) -> State:
    """Give one service new progress and keep every count and queue that depends on it current."""
    before, planned = state.progress[service_id], state.index.services.get(service_id)
    failed = (progress.state is ServiceState.FAILED) - (before.state is ServiceState.FAILED)
    state = replace(
        state,
        progress=state.progress.insert(service_id, progress),
        in_flight=state.in_flight + (progress.state in IN_FLIGHT) - (before.state in IN_FLIGHT),
        failures=state.failures + (failed if planned else 0),
    )
    if planned is not None and settled(progress) != settled(before):
        tier = planned.effective_tier
        count = state.unsettled[tier] + (1 if settled(before) else -1)
        state = replace(state, unsettled=state.unsettled.insert(tier, count))
    if before.due is not None:
        state = replace(state, retries=drop_overtaken(state))
    gained = (progress.state in PASSED) - (before.state in PASSED)
    if gained:
        state = _tell_waiters(state, service_id, gained)
    return open_tiers(state)


def _tell_waiters(state: State, owner: str, gained: int) -> State:
    for waiter in state.index.waiters.get(owner, ()):
        missing = state.missing[waiter] - gained
        state = replace(state, missing=state.missing.insert(waiter, missing))
        if startable(state, waiter) and state.progress[waiter].due is None:
            state = enqueue(state, waiter)
    return state
