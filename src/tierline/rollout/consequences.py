"""What follows from a failure without anybody's choice: who can no longer start is held."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from math import inf

from tierline.facts.instant import Instant
from tierline.policy.model import OnTierFailure, TierMode
from tierline.rollout.queues import move
from tierline.rollout.state import Held, Kind, ServiceState, State

BUDGET = Held(Kind.CAPACITY, "failure budget")


def consequences(state: State, service_id: str, at: Instant) -> State:
    """Hold whatever can no longer start because this service did not make it."""
    state = hold_dependents(state, service_id, at)
    index, rules = state.index, state.plan.rules
    budget = rules.limits.failure_budget
    if service_id in index.services and budget is not None and state.failures >= budget:
        state = _hold_all(state, index.services, BUDGET, at)
    if rules.tiers is TierMode.STRICT and rules.on_tier_failure is OnTierFailure.HOLD:
        tier = _lowest_stopped(state, service_id)
        later = [name for name, other in index.services.items() if other.effective_tier > tier]
        state = _hold_all(state, later, Held(Kind.TIER, f"t{tier}"), at)
    return state


def _lowest_stopped(state: State, service_id: str) -> float:
    """The tier of a planned service; of an owner outside the plan, the lowest that it stopped."""
    services = state.index.services
    if service_id in services:
        return services[service_id].effective_tier
    waiters = state.index.waiters.get(service_id, ())
    stopped = [name for name in waiters if state.progress[name].state is ServiceState.HELD]
    return min((services[name].effective_tier for name in stopped), default=inf)


def hold_dependents(state: State, service_id: str, at: Instant) -> State:
    """Hold everything pending that reads its data, directly or through others."""
    behind = [service_id]
    while behind:
        owner = behind.pop()
        index = state.index
        for waiter in index.waiters.get(owner, ()):
            if state.progress[waiter].state is ServiceState.PENDING:
                state = hold(state, waiter, Held(index.wait(waiter, owner), owner), at)
                behind.append(waiter)
    return state


def _hold_all(state: State, names: Iterable[str], held: Held, at: Instant) -> State:
    for name in names:
        if state.progress[name].state is ServiceState.PENDING:
            state = hold(state, name, held, at)
    return state


def hold(state: State, service_id: str, held: Held, at: Instant) -> State:
    """Hold one service, for this reason."""
    before = state.progress[service_id]
    progress = replace(before, state=ServiceState.HELD, since=at, due=None, held=held)
    return move(state, service_id, progress)
