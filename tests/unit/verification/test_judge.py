"""What follows from the conditions: when a verdict is spoken, and when it waits."""

from __future__ import annotations

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
from tierline.policy.model import Demand
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
