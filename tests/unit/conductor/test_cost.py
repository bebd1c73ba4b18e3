"""What a turn costs grows with what changed in it, not with how many services there are.

Calls are counted, not time: the same run always counts the same.
"""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from types import FrameType

import pytest

from rollouts import ROLLOUT, START, plan_of, planned
from tierline.plan.model import Plan
from tierline.policy.model import Limits
from tierline.rollout.decide import Intend, decide
from tierline.rollout.events import EffectSettled, Event, Judged, RolloutRequested, ServiceJudged
from tierline.rollout.evolve import begin, evolve
from tierline.rollout.state import State

FEW, MANY = 1_000, 8_000
LOGARITHMIC = 1.5
"""eight times as many services may cost so much more: log2 grows from 10 to 13, with room"""


@contextmanager
def counted() -> Generator[list[int]]:
    """Counts all calls, of Python and of C, in the block."""
    calls = [0]

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        calls[0] += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        yield calls
    finally:
        sys.setprofile(before)


def plan_with(count: int, parallel: int = 8) -> Plan:
    """Chains of ten over three tiers, and among them services that stand alone."""
    services = []
    for number in range(count):
        place = number % 10
        owners = (f"S{number - 1}",) if 0 < place < 8 else ()
        services.append(planned(f"S{number}", (place * 3) // 10, place, owners))
    plan = plan_of(*services)
    limits = Limits(max_parallel=parallel)
    return replace(plan, rules=replace(plan.rules, limits=limits))


def begun(plan: Plan) -> State:
    return begin(plan, ROLLOUT, RolloutRequested(plan.digest, "ada"), START)


class Run:
    """Carries a plan out turn by turn and counts what the turns cost."""

    def __init__(self, plan: Plan, events: int) -> None:
        self.state = begun(plan)
        self.flying: list[str] = []
        self.left = events
        self.worst = 0
        with counted() as calls:
            self._go(calls)
        self.each = calls[0] / (events - self.left)

    def _go(self, calls: list[int]) -> None:
        while self.left > 0:
            before, left = calls[0], self.left
            for choice in decide(self.state, START).choices:
                assert isinstance(choice, Intend)
                self._happen(choice.event)
                self.flying.append(choice.event.service_id)
            name = self.flying.pop(0)
            key = self.state.of(name).key
            self._happen(EffectSettled(key, name, "accepted"))
            self._happen(ServiceJudged(name, key, Judged.VERIFIED, "", "", ""))
            self.worst = max(self.worst, (calls[0] - before) // (left - self.left))

    def _happen(self, event: Event) -> None:
        self.state = evolve(self.state, event, START)
        self.left -= 1


def test_a_turn_costs_no_more_among_many_services() -> None:
    few, many = Run(plan_with(FEW), 600), Run(plan_with(MANY), 600)
    assert many.each < LOGARITHMIC * few.each
    assert many.worst < 3 * few.worst
    assert many.each < 400


@pytest.mark.slow
def test_opening_a_tier_costs_what_it_opens() -> None:
    """Amortised over a whole rollout: each service is moved once."""
    few, many = Run(plan_with(FEW), 3 * FEW), Run(plan_with(MANY), 3 * MANY)
    assert many.each < LOGARITHMIC * few.each


def cost(state: State, event: Event) -> int:
    with counted() as calls:
        evolve(state, event, START)
    return calls[0]


def failing(count: int, waiters: int) -> int:
    """What it costs that a service fails for whom so many wait, among so many."""
    owner = planned("S0", 0, 0)
    waiting = [planned(f"W{n}", 1, 1, ("S0",)) for n in range(waiters)]
    others = [planned(f"S{n}", 0, 0) for n in range(1, count - waiters)]
    plan = plan_of(owner, *waiting, *others)
    return cost(begun(plan), ServiceJudged("S0", "", Judged.FAILED, "", "build/failed", "no"))


def test_a_failure_costs_what_it_holds() -> None:
    few, many = (failing(count, 20) for count in (FEW, MANY))
    assert many < LOGARITHMIC * few
    assert failing(MANY, 40) < 2.2 * many


def test_beginning_costs_linear_time() -> None:
    def beginning(count: int) -> int:
        plan = plan_with(count)
        with counted() as calls:
            begun(plan)
        return calls[0]

    assert beginning(MANY) < 1.3 * (MANY / FEW) * beginning(FEW)


def test_to_find_that_nothing_may_start_costs_the_same() -> None:
    def idle(count: int) -> int:
        state = begun(plan_with(count, parallel=2))
        for choice in decide(state, START).choices:
            assert isinstance(choice, Intend)
            state = evolve(state, choice.event, START)
        with counted() as calls:
            decide(state, START)
        return calls[0]

    assert idle(FEW) == idle(MANY) < 60
