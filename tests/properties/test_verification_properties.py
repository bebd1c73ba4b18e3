"""Laws of verification: evidence only ever helps by being there, fresh and rightly labelled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TypeVar

from hypothesis import event, given
from hypothesis import strategies as st

from judgements import (
    DEADLINE,
    OWNERS,
    PREVIOUS,
    SERVICE,
    SINCE,
    answers,
    expecting,
    instance,
    ready,
    requests,
    seen,
    signal,
    working,
)
from tierline.facts.evidence import (
    Answer,
    Boundary,
    Connection,
    Dependencies,
    Health,
    Requests,
    Signal,
    SignalKind,
)
from tierline.facts.observation import Instance, Phase, Seen
from tierline.policy.model import Demand
from tierline.verification.gather import add, condensed
from tierline.verification.judge import judge
from tierline.verification.model import Expectation, Observations, Standing
from tierline.verification.record import replay, to_json
from tierline.verification.sprt import Share, share

RANK = {Standing.FAILED: 0, Standing.UNDECIDED: 1, Standing.WAITING: 1, Standing.VERIFIED: 2}
T = TypeVar("T", Health, Dependencies, Connection, Signal, Requests)

TIMES = st.floats(SINCE - 5, DEADLINE + 5)
IDS = st.sampled_from(["api-1", "api-1", "api-1", "worker-1", "api-0", ""])
ANSWERS = st.sampled_from(list(Answer))
OWNER_NAMES = st.sampled_from([*OWNERS, "M99-Other"])
REVISIONS = st.sampled_from([expecting().revision, expecting().revision, PREVIOUS, ""])

instances = st.builds(
    instance,
    st.sampled_from(["api", "worker"]),
    revision=REVISIONS,
    phase=st.sampled_from([Phase.RUNNING, Phase.RUNNING, Phase.STARTING, Phase.EXITED]),
    key=st.sampled_from([expecting().key, expecting().key, "R-0/x/apply/1"]),
    restarts=st.sampled_from([0, 0, 0, 1]),
)


def shown_of(found: list[Instance], settled: bool) -> Seen:
    return seen(*found, settled=settled)


def both_said(api: str, worker: str, start: float) -> tuple[Health, ...]:
    return (*answers("api", api, start), *answers("worker", worker, start))


shown = st.one_of(
    st.just(seen()),
    st.none(),
    st.builds(
        shown_of,
        st.lists(instances, min_size=1, max_size=3),
        st.booleans(),
    ),
)
said = st.one_of(st.just("+++"), st.just("..+++"), st.text("+-.?!", max_size=12))
health = st.builds(
    both_said,
    said,
    said,
    st.sampled_from([SINCE + 1, SINCE + 1, SINCE - 0.05]),
)
readiness = st.one_of(
    st.none(),
    st.just(ready()),
    st.builds(
        Dependencies,
        st.just(SERVICE),
        IDS,
        TIMES,
        ANSWERS,
        st.dictionaries(OWNER_NAMES, st.booleans()),
    ),
)
connections = st.lists(
    st.builds(Connection, st.just(SERVICE), IDS, OWNER_NAMES, TIMES, ANSWERS), max_size=3
).map(lambda tried: {each.owner: each for each in tried})
one_signal = st.builds(
    signal,
    st.sampled_from(list(SignalKind)),
    revision=REVISIONS,
    instance=IDS,
    at=TIMES,
    count=st.integers(0, 3),
)
signals = st.one_of(
    st.just(tuple(signal(kind) for kind in SignalKind)),
    st.lists(one_signal, max_size=5).map(tuple),
)
sampled = st.one_of(
    st.none(),
    st.just(requests()),
    st.builds(Requests, st.just(SERVICE), IDS, TIMES, st.integers(0, 500), st.integers(0, 20)),
)
boundaries = st.one_of(
    st.just(()),
    st.lists(
        st.builds(Boundary, st.just(SERVICE), OWNER_NAMES, st.just("openapi"), IDS, TIMES, ANSWERS),
        max_size=2,
    ).map(tuple),
)
observations = st.one_of(
    st.just(working()),
    st.builds(Observations, shown, health, readiness, connections, signals, sampled, boundaries),
)
expectations = st.builds(
    expecting,
    key=st.sampled_from([expecting().key, expecting().key, ""]),
    revision=st.sampled_from([expecting().revision, expecting().revision, ""]),
    owners=st.sampled_from([OWNERS, OWNERS[:1], ()]),
    serves_http=st.booleans(),
    signals=st.dictionaries(st.sampled_from(list(SignalKind)), st.sampled_from(list(Demand))),
)


Poorer = Iterator[tuple[str, Observations]]


def weaker(known: Observations, expectation: Expectation) -> Poorer:
    """The same evidence with one piece that speaks for the service gone, old or of another.

    Pieces that speak against it are left alone: without them it looks better, rightly or not. An
    early OK that was followed by a failure is one of them, because it shows a flap.
    """
    yield from weaker_health(known)
    yield from weaker_readiness(known)
    yield from weaker_connections(known)
    yield from weaker_signals(known)
    if known.requests is not None and speaks_for(known.requests, expectation):
        yield "requests removed", replace(known, requests=None)
        for worse in foreign_or_old(known.requests):
            yield "requests weaker", replace(known, requests=worse)


def foreign_or_old(fact: T) -> tuple[T, T, T]:
    """A fact from before the start, of another instance, of another service."""
    return (
        replace(fact, at=SINCE - 1),
        replace(fact, instance="api-9"),
        replace(fact, service_id="M06-Other"),
    )


def weaker_seen(known: Observations) -> Poorer:
    if known.seen is None or not is_good(known):
        return
    yield "seen removed", replace(known, seen=None)
    shown = known.seen.instances
    for number, each in enumerate(shown):
        for what, label in (("id", "api-9"), ("revision", PREVIOUS), ("revision", "")):
            other = (*shown[:number], replace(each, **{what: label}), *shown[number + 1 :])
            yield f"{what} relabelled", replace(known, seen=replace(known.seen, instances=other))


def weaker_readiness(known: Observations) -> Poorer:
    ready_now = known.dependencies
    if ready_now is None or not all(ready_now.owners.values()):
        return
    for worse in foreign_or_old(ready_now):
        yield "readiness weaker", replace(known, dependencies=worse)
    for owner in ready_now.owners:
        fewer = {name: True for name in ready_now.owners if name != owner}
        yield "readiness narrowed", replace(known, dependencies=replace(ready_now, owners=fewer))
    yield "readiness removed", replace(known, dependencies=None)


def weaker_connections(known: Observations) -> Poorer:
    for owner, tried in known.connections.items():
        if tried.answer is not Answer.OK:
            continue
        rest = {name: each for name, each in known.connections.items() if name != owner}
        yield "connection removed", replace(known, connections=rest)
        for worse in foreign_or_old(tried):
            yield "connection weaker", replace(known, connections={**rest, owner: worse})


def weaker_signals(known: Observations) -> Poorer:
    for number, each in enumerate(known.signals):
        rest = known.signals[:number] + known.signals[number + 1 :]
        yield "signal removed", replace(known, signals=rest)
        for worse in (*foreign_or_old(each), replace(each, revision="x")):
            yield "signal weaker", replace(known, signals=(*rest, worse))


def weaker_health(known: Observations) -> Poorer:
    """Without one of the OK answers since the last other one of its workload."""
    alive = {each.id for each in known.seen.instances} if known.seen else set[str]()
    for number, each in enumerate(known.health):
        later = [a for a in known.health[number:] if a.workload == each.workload]
        if each.instance not in alive or any(a.answer is not Answer.OK for a in later):
            continue
        if not all(a.instance for a in later):
            continue
        rest = known.health[:number] + known.health[number + 1 :]
        yield "health removed", replace(known, health=rest)
        for worse in (*foreign_or_old(each), replace(each, answer=Answer.UNKNOWN)):
            changed = (*known.health[:number], worse, *known.health[number + 1 :])
            yield "health weaker", replace(known, health=changed)


def is_good(known: Observations) -> bool:
    """Whether what runs is all as expected, so that none of it speaks against the service."""
    return known.seen is not None and all(
        each.phase is Phase.RUNNING
        and not each.restarts
        and each.key == expecting().key
        and each.revision == expecting().revision
        for each in known.seen.instances
    )


def speaks_for(sample: Requests, expectation: Expectation) -> bool:
    return share(sample.total, sample.errors, expectation.limits) is Share.GOOD


@given(expectations, observations, TIMES)
def test_weaker_evidence_never_moves_a_verdict_towards_verified(
    expectation: Expectation, known: Observations, now: float
) -> None:
    before = judge(expectation, known, now).standing
    event(str(before))
    for what, poorer in weaker(known, expectation):
        after = judge(expectation, poorer, now).standing
        event(f"{before}, {what}: {after}")
        assert RANK[after] <= RANK[before], what


@given(expectations, observations, TIMES)
def test_another_view_of_what_runs_never_makes_it_verified(
    expectation: Expectation, known: Observations, now: float
) -> None:
    before = judge(expectation, known, now).standing
    for what, poorer in weaker_seen(known):
        after = judge(expectation, poorer, now).standing
        event(f"{before}, {what}: {after}")
        assert after is not Standing.VERIFIED or before is Standing.VERIFIED, what


@given(expectations, observations, TIMES)
def test_of_what_was_verified_no_kind_of_evidence_was_idle(
    expectation: Expectation, known: Observations, now: float
) -> None:
    if judge(expectation, known, now).standing is not Standing.VERIFIED:
        return
    lacking = [replace(known, seen=None), replace(known, health=())]
    if expectation.owners:
        lacking.append(replace(known, dependencies=None, connections={}))
    if Demand.REQUIRED in expectation.signals.values():
        lacking.append(replace(known, signals=()))
    if expectation.serves_http:
        lacking.append(replace(known, requests=None))
    for poorer in lacking:
        assert judge(expectation, poorer, now).standing is not Standing.VERIFIED


@given(expectations, observations, TIMES, st.floats(0, 100))
def test_time_alone_changes_only_what_waits(
    expectation: Expectation, known: Observations, now: float, passed: float
) -> None:
    before, after = judge(expectation, known, now), judge(expectation, known, now + passed)
    if before.standing is not Standing.WAITING:
        assert after.standing is before.standing


@given(expectations, observations, st.floats(SINCE, DEADLINE))
def test_nothing_changes_before_the_time_that_the_verdict_names(
    expectation: Expectation, known: Observations, now: float
) -> None:
    verdict = judge(expectation, known, now)
    if verdict.standing is not Standing.WAITING:
        assert verdict.next_at is None
        return
    assert verdict.next_at is not None
    assert now < verdict.next_at <= expectation.deadline
    just_before = now + (verdict.next_at - now) * 0.99
    if just_before < verdict.next_at:
        assert judge(expectation, known, just_before).standing is Standing.WAITING


@given(expectations, observations)
def test_at_the_deadline_nothing_waits(expectation: Expectation, known: Observations) -> None:
    assert judge(expectation, known, DEADLINE).standing is not Standing.WAITING


@given(expectations, observations, TIMES)
def test_a_record_replays(expectation: Expectation, known: Observations, now: float) -> None:
    assert replay(to_json(expectation, known, now)) == judge(expectation, known, now)


@given(st.text("+-.?!", max_size=60), st.text("+-.?!", max_size=60))
def test_condensed_answers_give_the_same_verdict(api: str, worker: str) -> None:
    every = (*answers("api", api), *answers("worker", worker))
    whole, kept = working(health=every), working(health=condensed(every))
    for now in (SINCE + 3, DEADLINE):
        assert judge(expecting(), kept, now) == judge(expecting(), whole, now)


@given(observations)
def test_gathering_again_what_is_known_changes_nothing(known: Observations) -> None:
    facts = [known.seen, known.dependencies, known.requests, *known.connections.values()]
    again = known
    for fact in facts:
        if fact is not None:
            again = add(again, fact)
    assert again == known


@given(st.integers(0, 400), st.integers(0, 400))
def test_one_more_error_never_improves_the_share(total: int, errors: int) -> None:
    order = {Share.GOOD: 2, Share.OPEN: 1, Share.BAD: 0}
    limits = expecting().limits
    if errors < total:
        less, more = share(total, errors, limits), share(total, errors + 1, limits)
        assert order[more] <= order[less]
