"""What is true of every rollout: queues follow from progress, limits hold, everything ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from hypothesis import given
from hypothesis import strategies as st

from rollouts import ROLLOUT, START, plan_of, planned
from tierline.plan.model import Checkpoint, Plan
from tierline.policy.model import Limits, OnFailure, OnTierFailure, TierMode
from tierline.rollback.solve import solve
from tierline.rollout.blocked import why
from tierline.rollout.choices import Consider, End, Intend, Stop
from tierline.rollout.codec import decode, encode
from tierline.rollout.decide import decide
from tierline.rollout.events import (
    Command,
    CommandAccepted,
    EffectIntended,
    EffectSettled,
    Ending,
    Event,
    Judged,
    LeaseAcquired,
    Recorded,
    RolloutEnded,
    RolloutRequested,
    ServiceJudged,
)
from tierline.rollout.evolve import begin, evolve, fold
from tierline.rollout.going_back import failed_of, scene_before, told
from tierline.rollout.heap import Heap, pop
from tierline.rollout.queues import move, reckon, startable
from tierline.rollout.state import ENDED, IN_FLIGHT, ServiceState, State, Status


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Up to eight services, their effective tiers never below their owners', one owner outside."""
    services = []
    tiers: dict[str, int] = {}
    levels: dict[str, int] = {}
    for number in range(draw(st.integers(1, 8))):
        owners = draw(st.sets(st.sampled_from(sorted(tiers)), max_size=2)) if tiers else set()
        name = f"S{number}"
        tiers[name] = max([draw(st.integers(0, 2)), *(tiers[owner] for owner in owners)])
        outside = ("X",) if draw(st.integers(0, 5)) == 0 else ()
        levels[name] = max((levels[owner] + 1 for owner in owners), default=0)
        service = planned(name, tiers[name], levels[name], tuple(sorted(owners)))
        services.append(replace(service, outside=outside))
    uses = any(service.outside for service in services)
    plan = plan_of(*services, outside={"X": "X-1"} if uses else {})
    limits = Limits(
        max_parallel=draw(st.integers(1, 3)),
        failure_budget=draw(st.sampled_from([None, None, 1, 2])),
        attempts=draw(st.integers(1, 3)),
        retry_seconds=draw(st.sampled_from([0.5, 3.0])),
    )
    rules = replace(
        plan.rules,
        limits=limits,
        tiers=draw(st.sampled_from(list(TierMode))),
        on_failure=draw(st.sampled_from(list(OnFailure))),
        on_tier_failure=draw(st.sampled_from(list(OnTierFailure))),
    )
    return replace(plan, rules=rules, checkpoint=draw(st.sampled_from(list(Checkpoint))))


@dataclass(repr=False)
class Tale:
    """The rows that happened and the states between them."""

    plan: Plan
    rows: list[Recorded]
    states: list[State]

    def __repr__(self) -> str:
        owners = {s.service_id: (s.effective_tier, *s.owners) for s in self.plan.services}
        told = [f"{row.at - START:g} {row.event}" for row in self.rows]
        return "\n".join([f"{owners} {self.plan.rules}", *told])

    def tell(self, event: Event, at: float) -> None:
        self.rows.append(Recorded(len(self.rows) + 1, ROLLOUT, at, 1, event))
        self.states.append(evolve(self.states[-1], event, at))


@st.composite
def tales(draw: st.DrawFn, steps: int = 40) -> Tale:
    """A plan carried out by `decide`, with answers, judgements and commands as they come.

    What is over for good is told no further: nobody conducts it.
    """
    plan = draw(plans())
    unchanged = tuple(s.service_id for s in plan.services if draw(st.integers(0, 4)) == 0)
    requested = RolloutRequested(plan.digest, "ada", unchanged)
    tale = Tale(plan, [Recorded(1, ROLLOUT, START, 1, requested)], [])
    tale.states.append(begin(plan, ROLLOUT, requested, START))
    now = START
    for _ in range(draw(st.integers(0, steps))):
        if tale.states[-1].status in ENDED - {Status.HELD}:
            break
        now += draw(st.sampled_from([0.0, 0.1, 1.0, 5.0]))
        if draw(st.booleans()):
            for event in _chosen(tale.states[-1], now):
                tale.tell(event, now)
        else:
            tale.tell(draw(_anything(tale.states[-1])), now)
    return tale


def _chosen(state: State, now: float) -> Iterator[Event]:
    for choice in decide(state, now).choices:
        if isinstance(choice, Intend | Stop):
            yield choice.event
        elif isinstance(choice, Consider):
            answer = solve(scene_before(state, {}, {}, []), failed_of(state))
            yield told(state, answer, {}, {})
        elif isinstance(choice, End):
            yield RolloutEnded(choice.ending, choice.reason)


@st.composite
def _anything(draw: st.DrawFn, state: State) -> Event:
    flying = sorted(n for n, p in state.progress.items() if p.state in IN_FLIGHT)
    name = draw(st.sampled_from(flying or sorted(state.progress)))
    if draw(st.integers(0, 4)) == 0:
        name = draw(st.sampled_from(sorted(state.progress)))
    key = state.of(name).key
    match draw(st.integers(0, 11)):
        case 0:
            command = draw(st.sampled_from(list(Command)))
            passes = state.waits_at if draw(st.booleans()) else ""
            return CommandAccepted(1, command, "ada", "", passes)
        case 1:
            return LeaseAcquired("other", 2)
        case 2 | 3 | 4 | 5:
            outcome = draw(st.sampled_from(["accepted", "accepted", "refused", "unknown"]))
            return EffectSettled(key, name, outcome, "c", "m", draw(st.booleans()))
        case 6:
            verdict = draw(st.sampled_from(list(Judged)))
            return ServiceJudged(name, key + "-", verdict, "", "c", "another attempt")
        case _:
            verdicts = [Judged.VERIFIED] * 3 + list(Judged)
            return ServiceJudged(name, key, draw(st.sampled_from(verdicts)), "", "c", "m")


def queued(heap: Heap | None, keep: Callable[[str, float], bool]) -> set[str]:
    """Names in a queue that still count."""
    found: set[str] = set()
    while heap is not None:
        if keep(heap.item[1], heap.item[0]):
            found.add(heap.item[1])
        heap = pop(heap)
    return found


def standing(state: State) -> dict[str, object]:
    """All that `reckon` derives, but for names that have moved on."""

    def may(name: str, _: float) -> bool:
        return startable(state, name) and state.of(name).due is None

    closed = {group: queued(heap, may) for group, heap in state.closed.items()}
    return {
        "missing": dict(state.missing.items()),
        "unsettled": dict(state.unsettled.items()),
        "ready": queued(state.ready, may),
        "closed": {group: names for group, names in closed.items() if names},
        "open_groups": state.open_groups,
        "retries": queued(state.retries, lambda name, at: state.of(name).due == at),
        "in_flight": state.in_flight,
        "failures": state.failures,
    }


@given(tales())
def test_queues_kept_current_are_those_reckoned_anew(tale: Tale) -> None:
    for state, row in zip(tale.states, tale.rows, strict=True):
        assert standing(state) == standing(reckon(state)), row.event


@given(plans(), st.lists(st.tuples(st.integers(0, 7), st.sampled_from(ServiceState)), max_size=20))
def test_whatever_a_service_becomes_the_queues_follow(
    plan: Plan, moves: list[tuple[int, ServiceState]]
) -> None:
    """On the way back too: who was settled and is in flight again closes what comes after it."""
    state = begin(plan, ROLLOUT, RolloutRequested(plan.digest, "ada", ()), START)
    for number, becomes in moves:
        name = plan.services[number % len(plan.services)].service_id
        state = move(state, name, replace(state.of(name), state=becomes))
        assert standing(state) == standing(reckon(state)), (name, becomes)


@given(tales())
def test_the_journal_alone_leads_to_the_same_state(tale: Tale) -> None:
    last = fold(tale.plan, tale.rows)
    assert last is not None
    assert dict(last.progress.items()) == dict(tale.states[-1].progress.items())
    assert last.status is tale.states[-1].status


@given(tales())
def test_unanswered_are_exactly_the_starting(tale: Tale) -> None:
    for state in tale.states:
        starting = {n for n, p in state.progress.items() if p.state is ServiceState.STARTING}
        assert set(state.unanswered) == starting


@given(tales())
def test_never_more_in_flight_than_allowed(tale: Tale) -> None:
    """What only has to be verified anew, since another conductor took over, does not count."""
    most = tale.plan.rules.limits.max_parallel
    for state in tale.states:
        flying = [p for p in state.progress.values() if p.state in IN_FLIGHT]
        assert len(flying) == state.in_flight
        assert sum(not p.verified_before for p in flying) <= most


@given(tales())
def test_nothing_behind_an_unpassed_checkpoint_is_on_its_way(tale: Tale) -> None:
    """What was started before stays as it was, and nothing else starts."""
    for state, row in zip(tale.states, tale.rows, strict=True):
        stops = tale.plan.checkpoint is not Checkpoint.NONE
        if isinstance(row.event, EffectIntended) and stops and state.status is Status.RUNNING:
            group = state.index.group_of.get(row.event.service_id, 0)
            assert group <= state.passed, row.event


@given(tales())
def test_nothing_is_left_pending_or_in_flight_at_the_end(tale: Tale) -> None:
    for state in tale.states:
        if state.status in ENDED:
            left = {p.state for p in state.progress.values()}
            assert not left & {ServiceState.PENDING, *IN_FLIGHT}


@given(tales())
def test_whoever_is_pending_or_held_can_say_why_or_may_start(tale: Tale) -> None:
    for state in tale.states:
        room = state.in_flight < tale.plan.rules.limits.max_parallel
        for name, progress in state.progress.items():
            blocked = why(state, name)
            if progress.state is ServiceState.HELD:
                assert blocked and all(one.message for one in blocked)
            elif progress.state is ServiceState.PENDING and not blocked:
                assert state.status is Status.RUNNING and room and startable(state, name)
            elif progress.state is not ServiceState.PENDING:
                assert not blocked


@given(tales())
def test_every_event_survives_the_journal(tale: Tale) -> None:
    for row in tale.rows:
        assert decode(*encode(row.event)) == row.event


@given(tales(steps=15))
def test_with_good_answers_every_rollout_ends_within_a_bound(tale: Tale) -> None:
    state, now = tale.states[-1], tale.rows[-1].at
    for _ in range(20 * len(state.progress) + 20):
        if state.status in ENDED:
            break
        now += 10.0
        for event in [*_chosen(state, now)]:
            state = evolve(state, event, now)
        if state.waits_at:
            resume = CommandAccepted(1, Command.RESUME, "ada", "", state.waits_at)
            state = evolve(state, resume, now)
        for name, progress in list(state.progress.items()):
            if progress.state in IN_FLIGHT:
                state = evolve(state, EffectSettled(progress.key, name, "accepted"), now)
                judged = ServiceJudged(name, progress.key, Judged.VERIFIED, "", "", "")
                state = evolve(state, judged, now)
    assert state.status in ENDED
    if state.status is Status.COMPLETED:
        assert not state.failures
    if state.status is not Status.ABORTED and state.back is None:
        assert (state.status is Status.COMPLETED) == (tale_ending(state) is Ending.COMPLETED)


def tale_ending(state: State) -> Ending:
    """What the services' own states make of it."""
    passed = {ServiceState.VERIFIED, ServiceState.UNCHANGED}
    planned_ones = (state.of(name).state for name in state.index.services)
    return Ending.COMPLETED if all(s in passed for s in planned_ones) else Ending.HELD
