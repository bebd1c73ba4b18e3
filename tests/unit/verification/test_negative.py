"""What must never pass as verified, one test for each way to be deceived."""

from __future__ import annotations

from dataclasses import replace

from judgements import (
    DEADLINE,
    NOW,
    OWNERS,
    PREVIOUS,
    SERVICE,
    SINCE,
    answers,
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
from tierline.facts.evidence import Answer, Connection, Signal, SignalKind
from tierline.facts.observation import Phase
from tierline.policy.model import Demand
from tierline.verification.model import Standing


def test_the_port_answered_by_a_process_outside_the_instances_session() -> None:
    strange = answers("api", "!" * 4, step=0.4)
    strange[-1] = replace(strange[-1], detail="pid 77 (nc -l 20001)")
    health = (*strange, *answers("worker", "+++"))
    settling = judged(health=(*strange[:2], *answers("worker", "+++")))
    assert settling.standing is Standing.WAITING
    verdict = judged(health=health)
    assert failed(verdict) == {
        "health/foreign": "api is answered by a process outside its instance: pid 77 (nc -l 20001)"
    }


def test_a_stranger_among_good_answers_starts_the_count_again() -> None:
    verdict = judged(health=healthy(api="++!+"))
    assert verdict.standing is Standing.WAITING
    assert judged(health=healthy(api="++!+++")).standing is Standing.VERIFIED


def test_api_well_and_worker_dead() -> None:
    dead = instance("worker", phase=Phase.EXITED, exit_code=3, reason="no such table: ledger")
    verdict = judged(seen=seen(instance("api"), dead), health=healthy(worker=""))
    decisive = failed_by(verdict, "running")
    assert decisive.message == "worker exits at once with code 3: no such table: ledger"


def test_an_exit_with_code_0_at_once() -> None:
    done = instance("api", phase=Phase.EXITED, exit_code=0, reason="not implemented yet")
    verdict = judged(seen=seen(done, instance("worker")), health=healthy(api=""))
    decisive = failed_by(verdict, "running")
    assert decisive.message == "api exits at once with code 0: not implemented yet"


def test_exit_after_the_first_health() -> None:
    died = instance("api", phase=Phase.EXITED, exit_code=-9, reason="")
    shown = seen(died, instance("worker"), at=SINCE + 8.1)
    verdict = judged(SINCE + 9, seen=shown, health=healthy(api="+"))
    assert failed(verdict)["boot/exit"] == "api exited after 8 s, killed by signal 9"


def test_200_from_the_previous_revision() -> None:
    old = instance("api", id="api-0", revision=PREVIOUS, key="R-0/M05-Payments/apply/1")
    health = tuple(replace(a, instance="api-0") for a in answers("api", "+" * 9))
    beside = seen(old, instance("api"), instance("worker"))
    verdict = judged(seen=beside, health=(*health, *answers("worker", "+++")))
    assert verdict.standing is Standing.WAITING
    late = judged(DEADLINE, seen=beside, health=(*health, *answers("worker", "+++")))
    codes = failed(late)
    assert codes["revision/other"] == (
        "api api-0 of revision bbbbbbbbbbbb still runs, planned is aaaaaaaaaaaa"
    )
    assert codes["health/unseen"] == "api was answered only by the previous instance api-0"


def test_200_from_the_previous_revision_that_calls_itself_the_current_start() -> None:
    wrong = instance("api", revision=PREVIOUS)
    verdict = judged(seen=seen(wrong, instance("worker")))
    decisive = failed_by(verdict, "revision")
    assert decisive.code == "revision/wrong"


def test_readyz_that_names_only_some_owners() -> None:
    some = ready(OWNERS[0])
    assert judged(dependencies=some).standing is Standing.WAITING
    late = judged(DEADLINE, dependencies=some)
    assert late.standing is Standing.UNDECIDED
    assert not_ok(late) == {
        "dependency/unknown": "whether it reaches its owner M02-Profile is not known: /readyz does "
        "not name it and no connection could be tried"
    }


def test_an_owner_that_readyz_does_not_name_may_be_reached_by_connection() -> None:
    tried = Connection(SERVICE, "api-1", OWNERS[1], SINCE + 2, Answer.OK)
    some = ready(OWNERS[0])
    assert judged(dependencies=some, connections={OWNERS[1]: tried}).standing is Standing.VERIFIED
    refused = replace(tried, answer=Answer.NOBODY, detail="connection refused")
    verdict = judged(DEADLINE, dependencies=some, connections={OWNERS[1]: refused})
    assert verdict.standing is Standing.FAILED


def test_a_connection_does_not_outvote_readyz() -> None:
    tried = Connection(SERVICE, "api-1", OWNERS[1], SINCE + 2, Answer.OK)
    denied = ready(owners={OWNERS[0]: True, OWNERS[1]: False}, detail="timeout", answer="failed")
    verdict = judged(DEADLINE, dependencies=denied, connections={OWNERS[1]: tried})
    assert failed(verdict) == {
        "dependency/unreachable": "it does not reach its owner M02-Profile after 15 s "
        "(limit 15 s): timeout"
    }


def test_a_connection_from_another_instance_does_not_count() -> None:
    tried = Connection(SERVICE, "api-0", OWNERS[1], SINCE + 2, Answer.OK)
    verdict = judged(DEADLINE, dependencies=ready(OWNERS[0]), connections={OWNERS[1]: tried})
    assert verdict.standing is Standing.UNDECIDED


def test_signals_of_a_previous_instance() -> None:
    others = (signal(SignalKind.LOGS), signal(SignalKind.METRICS))
    old = signal(SignalKind.TRACES, instance="api-0")
    assert judged(signals=(*others, old)).standing is Standing.WAITING
    late = judged(DEADLINE, signals=(*others, old))
    assert failed(late) == {
        "telemetry/missing": "no traces after 15 s (limit 15 s): they came only from the previous "
        "instance"
    }


def test_signals_of_another_revision() -> None:
    stale = tuple(signal(kind, revision=PREVIOUS) for kind in SignalKind)
    late = judged(DEADLINE, signals=stale)
    assert "they came only as revision bbbbbbbbbbbb" in failed(late)["telemetry/missing"]


def test_signals_from_before_a_check() -> None:
    """A service that is only checked tells metrics and traces anew; what it logged is enough."""
    check = expecting(key="")
    stale = tuple(signal(kind, first_at=SINCE - 9, at=SINCE - 1) for kind in SignalKind)
    assert judged(expectation=check, signals=stale).standing is Standing.WAITING
    late = judged(DEADLINE, check, signals=stale)
    assert failed(late) == {
        "telemetry/missing": "no metrics after 15 s (limit 15 s): they came only before this start; "
        "no traces after 15 s (limit 15 s): they came only before this start"
    }


def test_signals_of_this_start_are_from_after_it_whatever_a_clock_says() -> None:
    """The clock was set back while whoever heard them was dead: they need not come again."""
    told = tuple(signal(kind, first_at=SINCE - 9, at=SINCE - 9) for kind in SignalKind)
    assert judged(signals=told).standing is Standing.VERIFIED
    for wrong in ({"instance": "api-0"}, {"revision": PREVIOUS}, {"service_id": "M06-Other"}):
        others = tuple(replace(one, **wrong) for one in told)
        assert judged(signals=others).standing is Standing.WAITING
    elder = seen(instance("api", key="R-0/x/apply/1"), instance("worker"))
    assert judged(DEADLINE, signals=told, seen=elder).standing is Standing.FAILED


def test_signals_without_content_or_the_name_of_an_instance() -> None:
    empty = tuple(signal(kind, count=0) for kind in SignalKind)
    assert judged(DEADLINE, signals=empty).standing is Standing.FAILED
    anonymous = tuple(signal(kind, instance="") for kind in SignalKind)
    late = judged(DEADLINE, signals=anonymous)
    assert "without the name of an instance" in not_ok(late)["telemetry/missing"]


def test_zero_requests() -> None:
    for none in (None, requests(0)):
        assert judged(requests=none).standing is Standing.WAITING
        assert judged(DEADLINE, requests=none).standing is Standing.UNDECIDED


def test_requests_of_another_instance() -> None:
    other = requests(instance="api-0")
    assert judged(requests=other).standing is Standing.WAITING
    assert judged(DEADLINE, requests=other).standing is Standing.UNDECIDED


def test_requests_that_fail_too_often() -> None:
    verdict = judged(requests=requests(40, 6, detail="GET /orders 500"))
    assert failed(verdict) == {
        "requests/errors": "6 of 40 requests failed, more than 1.0% is too many: GET /orders 500"
    }


def test_a_stale_unchanged() -> None:
    """Nothing that was found out before the check began counts, however good it was."""
    unchanged = expecting(key="", since=NOW, deadline=NOW + 15)
    assert judged(NOW + 1, unchanged).standing is Standing.WAITING
    late = judged(NOW + 15, unchanged)
    assert late.standing is not Standing.VERIFIED
    open_conditions = {each.name for each in late.conditions if each.status is not Severity.OK}
    assert open_conditions == {"health", "dependencies", "signals", "requests"}


def test_a_fresh_unchanged_is_verified_whoever_started_it() -> None:
    unchanged = expecting(key="")
    elder = [
        instance(w, key="R-0/x/apply/1", restarts=2, started_at=5.0) for w in ("api", "worker")
    ]
    assert judged(expectation=unchanged, seen=seen(*elder)).standing is Standing.VERIFIED


def test_evidence_of_another_service() -> None:
    health = tuple(replace(answer, service_id="M06-Other") for answer in healthy())
    assert judged(health=health).standing is Standing.WAITING
    assert judged(seen=replace(seen(), service_id="M06-Other")).standing is Standing.WAITING
    assert judged(requests=requests(service_id="M06-Other")).standing is Standing.WAITING


def test_an_expected_signal_is_waited_for_only_briefly() -> None:
    wished = expecting(signals={SignalKind.LOGS: Demand.EXPECTED})
    well_at = SINCE + 1.04
    waiting = judged(well_at + 2.4, wished, signals=())
    assert waiting.standing is Standing.WAITING
    assert waiting.next_at == well_at + 2.5
    assert judged(well_at + 2.5, wished, signals=()).standing is Standing.VERIFIED


def test_evidence_of_an_instance_of_the_previous_revision_does_not_count() -> None:
    unchanged = expecting(key="")
    beside = seen(
        instance("api", id="api-0", revision=PREVIOUS), instance("api"), instance("worker")
    )
    verdict = judged(
        expectation=unchanged,
        seen=beside,
        dependencies=ready(instance="api-0"),
        requests=requests(instance="api-0"),
    )
    assert condition(verdict, "dependencies").status is Severity.UNKNOWN
    assert condition(verdict, "requests").status is Severity.UNKNOWN


def test_one_instance_dead_beside_another_that_lives() -> None:
    dead = instance("api", id="api-0", phase=Phase.EXITED, exit_code=2)
    verdict = judged(seen=seen(dead, instance("api"), instance("worker")))
    assert failed(verdict) == {"boot/exit": "api exits at once with code 2"}


def test_a_connection_is_no_proof_while_the_service_itself_does_not_answer() -> None:
    """One to an owner that is stopped can be had; who waits for it is silent."""
    said = "GET /readyz: no answer within 1 s"
    silent = replace(ready(), owners={}, answer=Answer.SILENT, detail=said)
    tried = {owner: Connection(SERVICE, "api-1", owner, SINCE + 2, Answer.OK) for owner in OWNERS}
    verdict = judged(DEADLINE, dependencies=silent, connections=tried)
    assert verdict.standing is not Standing.VERIFIED
    told = f"whether it reaches its owners is not known: {said}"
    assert not_ok(verdict) == {"dependency/unknown": told}


def deaf(kind: SignalKind) -> Signal:
    """Its source could not be asked."""
    return Signal(SERVICE, kind, "", "", NOW, NOW, 0, "prometheus at http://p: refused")


def test_telemetry_whose_source_cannot_be_asked_is_unknown_and_never_a_failure() -> None:
    others = tuple(signal(kind) for kind in SignalKind if kind is not SignalKind.METRICS)
    verdict = judged(DEADLINE, signals=(*others, deaf(SignalKind.METRICS)))
    assert verdict.standing is Standing.UNDECIDED
    told = "nobody can say whether metrics arrive: prometheus at http://p: refused"
    assert not_ok(verdict) == {"telemetry/source": told}

    expected = expecting(signals={SignalKind.METRICS: Demand.EXPECTED})
    verdict = judged(DEADLINE, expected, signals=(deaf(SignalKind.METRICS),))
    assert verdict.standing is Standing.VERIFIED
    assert condition(verdict, "signals").status is Severity.WARN


def test_a_source_that_cannot_be_asked_takes_nothing_from_what_arrived_otherwise() -> None:
    heard = tuple(signal(kind) for kind in SignalKind)
    verdict = judged(DEADLINE, signals=(*heard, deaf(SignalKind.METRICS)))
    assert verdict.standing is Standing.VERIFIED


def test_a_source_that_answers_again_and_has_nothing_is_a_failure_again() -> None:
    others = tuple(signal(kind) for kind in SignalKind if kind is not SignalKind.METRICS)
    again = replace(deaf(SignalKind.METRICS), detail="")
    verdict = judged(DEADLINE, signals=(*others, again))
    assert failed(verdict).keys() == {"telemetry/missing"}
