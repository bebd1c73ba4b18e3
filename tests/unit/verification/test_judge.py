"""What follows from the conditions: when a verdict is spoken, and when it waits."""

from __future__ import annotations

from dataclasses import replace

import pytest

from judgements import (
    DEADLINE,
    NOW,
    SERVICE,
    SINCE,
    condition,
    expecting,
    failed,
    failed_by,
    healthy,
    instance,
    judged,
    not_ok,
    ready,
    requests,
    seen,
    signal,
)
from tierline.facts.decision import Severity
from tierline.facts.evidence import Answer, Boundary, SignalKind
from tierline.facts.observation import Phase
from tierline.policy.model import Demand, EventSource
from tierline.verification.judge import judge
from tierline.verification.model import Observations, Standing

FOREVER = 1e10


def test_a_service_that_shows_everything_is_verified() -> None:
    verdict = judged()
    assert (verdict.standing, not_ok(verdict)) == (Standing.VERIFIED, {})
    assert verdict.decisive is None
    assert verdict.next_at is None


def test_without_any_evidence_it_waits_and_then_is_undecided() -> None:
    early = judge(expecting(), Observations(), NOW)
    assert (early.standing, early.next_at) == (Standing.WAITING, DEADLINE)
    late = judge(expecting(), Observations(), DEADLINE)
    assert late.standing is Standing.UNDECIDED
    assert Severity.FAIL not in {each.status for each in late.conditions}


def test_a_warning_does_not_keep_it_from_being_verified() -> None:
    expectation = expecting(signals={SignalKind.LOGS: Demand.EXPECTED})
    verdict = judged(expectation=expectation, signals=())
    assert verdict.standing is Standing.VERIFIED
    assert verdict.decisive == condition(verdict, "signals")


def test_a_failure_is_spoken_before_the_deadline() -> None:
    shown = seen(instance("api"), instance("worker", phase=Phase.EXITED, exit_code=1))
    verdict = judged(SINCE + 1, seen=shown)
    failed_by(verdict, "running")


def test_what_may_still_mend_fails_only_at_the_deadline() -> None:
    denied = ready(owners={"M01-Authentication": True, "M02-Profile": False})
    assert judged(DEADLINE - 0.1, dependencies=denied).standing is Standing.WAITING
    assert judged(DEADLINE, dependencies=denied).standing is Standing.FAILED


def test_an_open_error_share_after_all_requests_is_undecided_at_once() -> None:
    verdict = judged(requests=requests(400, 8))
    assert verdict.standing is Standing.UNDECIDED
    assert not_ok(verdict) == {
        "requests/undecided": "8 of 400 requests failed, which does not tell a good share from a "
        "bad one"
    }


def test_an_open_error_share_waits_while_something_else_is_open() -> None:
    verdict = judged(requests=requests(400, 8), signals=())
    assert verdict.standing is Standing.WAITING


def test_a_broken_boundary_fails() -> None:
    broken = Boundary(
        SERVICE, "M01-Authentication", "openapi", "api-1", SINCE + 1, Answer.FAILED, "no such path"
    )
    verdict = judged(boundaries=(broken,))
    assert failed(verdict) == {
        "boundary/broken": "openapi between M05-Payments and M01-Authentication does not hold: "
        "no such path"
    }


def _own_break(*concerns: str, at: float = SINCE + 1) -> Boundary:
    return Boundary("", SERVICE, "openapi", "api-1", at, Answer.FAILED, "no such key", concerns)


def test_a_break_holds_its_consumers_where_all_of_them_can_be() -> None:
    expectation = expecting(bystanders=("M90-Old",))
    verdict = judged(expectation=expectation, boundaries=(_own_break("M07-B", "M06-A"),))
    assert (verdict.standing, verdict.holds) == (Standing.VERIFIED, ("M06-A", "M07-B"))
    assert not_ok(verdict) == {
        "boundary/consumers": "its answers break openapi: no such key; used by M06-A, M07-B"
    }


def test_a_break_that_nobody_uses_holds_nobody_and_is_told() -> None:
    verdict = judged(expectation=expecting(bystanders=()), boundaries=(_own_break(),))
    assert (verdict.standing, verdict.holds) == (Standing.VERIFIED, ())
    assert not_ok(verdict) == {
        "boundary/unused": "its answers break openapi: no such key; nobody here uses that"
    }


@pytest.mark.parametrize(
    ("bystanders", "broken"),
    [
        (None, _own_break("M06-A")),
        (("M06-A",), _own_break("M06-A", "M07-B")),
        ((), replace(_own_break(), concerns=None)),
        ((), replace(_own_break(), consumer="M06-A")),
    ],
    ids=["the policy", "one that runs already", "nobody knows whom", "seen by a consumer"],
)
def test_a_break_fails_the_service_where_its_consumers_cannot_be_held(
    bystanders: tuple[str, ...] | None, broken: Boundary
) -> None:
    verdict = judged(expectation=expecting(bystanders=bystanders), boundaries=(broken,))
    assert (verdict.standing, verdict.holds) == (Standing.FAILED, ())


BUS = EventSource("http-log", "M10-Event-Bus")


def _events(answer: Answer, detail: str, *concerns: str) -> Boundary:
    at = SINCE + 1
    return Boundary("", SERVICE, "events", "api-1", at, answer, detail, concerns, events=True)


def test_an_event_that_breaks_a_consumer_fails_its_producer_or_holds_that_consumer() -> None:
    broken = _events(Answer.FAILED, "a.sent: at /user: no", "M06-A")
    assert failed(judged(expectation=expecting(bus=BUS), boundaries=(broken,))) == {
        "boundary/broken": "its events break their contracts: a.sent: at /user: no"
    }
    held = judged(expectation=expecting(bus=BUS, bystanders=()), boundaries=(broken,))
    assert (held.standing, held.holds) == (Standing.VERIFIED, ("M06-A",))
    unknown = replace(broken, concerns=None)
    assert judged(boundaries=(unknown,)).standing is Standing.FAILED


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (
            _events(Answer.FAILED, "a.sent: at /user: no"),
            {
                "boundary/unused": "its events break their contracts: a.sent: at /user: no; "
                "no consumer here uses that"
            },
        ),
        (
            _events(Answer.UNKNOWN, "none was seen since it began"),
            {
                "boundary/unverified": "its events were not held against their contracts: "
                "none was seen since it began"
            },
        ),
        (_events(Answer.OK, "2 events are as promised"), {}),
    ],
    ids=["nobody uses it", "none seen", "good"],
)
def test_events_that_break_nobody_are_told(told: Boundary, said: dict[str, str]) -> None:
    verdict = judged(expectation=expecting(bus=BUS), boundaries=(told,))
    assert (verdict.standing, not_ok(verdict)) == (Standing.VERIFIED, said)


def test_events_are_waited_for_to_be_looked_at() -> None:
    assert judged(expectation=expecting(bus=BUS)).standing is Standing.WAITING
    assert not_ok(judged(DEADLINE, expecting(bus=BUS))) == {
        "boundary/unverified": "its events were not held against their contracts: "
        "nobody asked in time"
    }


def test_who_waits_for_something_else_holds_nobody_yet() -> None:
    expectation = expecting(bystanders=())
    verdict = judged(expectation=expectation, boundaries=(_own_break("M06-A"),), signals=())
    assert (verdict.standing, verdict.holds) == (Standing.WAITING, ())


def test_a_boundary_that_was_not_checked_does_not_block() -> None:
    unchecked = Boundary(
        SERVICE, "M01-Authentication", "openapi", "api-1", SINCE + 1, Answer.UNKNOWN
    )
    assert judged(boundaries=(unchecked,)).standing is Standing.VERIFIED


def test_a_service_without_http_needs_no_requests_but_all_else() -> None:
    quiet = expecting(serves_http=False)
    verdict = judged(expectation=quiet, requests=None)
    assert verdict.standing is Standing.VERIFIED
    assert condition(verdict, "requests").message == "it serves no HTTP, so no requests are sampled"
    without = judged(DEADLINE, quiet, requests=None, signals=())
    assert without.standing is Standing.FAILED


def test_a_verified_service_stays_so_through_a_blink() -> None:
    watched = expecting(deadline=FOREVER)
    verdict = judged(10_000.0, watched, health=healthy(api="+++--"))
    assert verdict.standing is Standing.WAITING


def test_a_verified_service_fails_when_its_failure_lasts() -> None:
    watched = expecting(deadline=FOREVER)
    verdict = judged(10_000.0, watched, health=healthy(api="+++---"))
    assert failed(verdict) == {"health/lost": "api is no longer healthy"}


def test_a_verified_service_fails_when_it_vanishes() -> None:
    watched = expecting(deadline=FOREVER)
    verdict = judged(10_000.0, watched, seen=seen(instance("api")))
    assert "boot/gone" in failed(verdict)


def test_a_workload_that_is_not_there_yet_is_waited_for() -> None:
    shown = seen(instance("api"), settled=False)
    assert judged(seen=shown).standing is Standing.WAITING
    verdict = judged(seen=seen(instance("api")), health=healthy(worker=""))
    assert verdict.standing is Standing.WAITING


def test_signals_of_a_kind_nobody_asked_for_are_not_awaited() -> None:
    asked = expecting(signals={SignalKind.LOGS: Demand.REQUIRED, SignalKind.TRACES: Demand.OFF})
    verdict = judged(expectation=asked, signals=(signal(SignalKind.LOGS),))
    assert verdict.standing is Standing.VERIFIED
