"""Watching a service on virtual time: what is asked, when, and how fast it becomes known."""

from __future__ import annotations

from dataclasses import replace

import pytest

from judgements import KEY, OWNERS, REVISION, SERVICE, expecting, instance, seen
from tierline.conductor.virtual import EPOCH, VirtualClock, run_virtually
from tierline.errors import PermanentError, TemporaryError, TierlineError
from tierline.evidence.pace import CROWD, crowded
from tierline.evidence.sampling import BATCH
from tierline.evidence.watch import watch
from tierline.facts.evidence import (
    Answer,
    Boundary,
    Connection,
    Dependencies,
    Evidence,
    Health,
    Requests,
)
from tierline.facts.probe import (
    ConnectionProbe,
    EventProbe,
    HealthProbe,
    Probe,
    ReadinessProbe,
    RequestProbe,
)
from tierline.policy.model import EventSource
from tierline.verification.gather import add
from tierline.verification.judge import judge
from tierline.verification.model import Observations, Standing
from watched_world import TRIP, World, boot_at, facts, gaps, watched


def test_every_workload_is_asked_at_once() -> None:
    world = World(healthy=boot_at(99))
    watched(world, 0.001)
    assert world.asked == [(0.0, HealthProbe("api")), (0.0, HealthProbe("worker"))]


def test_a_booting_service_is_asked_often_and_a_slow_one_seldom() -> None:
    world = World(healthy=boot_at(99))
    watched(world, 15)
    times = world.times(HealthProbe)
    young = gaps([at for at in times if at < 2.0])
    middle = gaps([at for at in times if 2.2 < at < 10.0])
    late = gaps([at for at in times if at > 10.6])
    assert set(young) == {round(0.02 + TRIP, 3)}
    assert set(middle) == {round(0.1 + TRIP, 3)}
    assert set(late) == {round(0.5 + TRIP, 3)}


def test_a_healthy_service_is_asked_four_times_a_second_and_then_less() -> None:
    world = World()
    watched(world, 30)
    times = world.times(HealthProbe)
    assert times[2] < 0.05
    assert set(gaps([at for at in times[2:] if at < 2.0])) == {round(0.25 + TRIP, 3)}
    assert gaps(times)[-1] == round(1.0 + TRIP, 3)


def test_what_repeats_itself_while_a_service_boots_is_told_four_times_a_second() -> None:
    told = watched(World(healthy=boot_at(3.0)), 3.1)
    health = [fact for fact in facts(told, Health) if fact.workload == "api"]
    before = [fact.at - EPOCH for fact in health if fact.answer is not Answer.OK]
    assert before[0] < 0.01
    assert min(gaps(before)) >= 0.25
    assert max(gaps(before)) < 0.36


def test_what_is_new_while_a_service_boots_is_told_at_once() -> None:
    def boots(workload: str, at: float) -> Answer:
        return Answer.NOBODY if at < 1.0 else Answer.FAILED if at < 1.1 else Answer.OK

    health = facts(watched(World(healthy=boots), 1.3), Health)
    first = {fact.answer: fact.at - EPOCH for fact in reversed(health)}
    assert first[Answer.FAILED] < 1.03
    assert first[Answer.OK] < 1.13


def test_a_service_that_fails_after_it_was_well_is_heard_every_time() -> None:
    world = World(healthy=lambda w, at: Answer.OK if at < 1.0 else Answer.FAILED)
    told = facts(watched(world, 3.0), Health)
    assert len([fact for fact in told if fact.workload == "api"]) == len(world.times(HealthProbe))


def test_of_many_services_that_are_well_each_is_asked_less_often() -> None:
    assert crowded(1.0, 1) == crowded(1.0, CROWD) == 1.0
    assert crowded(0.25, 20 * CROWD) == 5.0


def test_nothing_but_health_is_asked_before_a_workload_is_well() -> None:
    world = World(healthy=boot_at(99))
    watched(world, 1.0)
    assert {type(probe) for _, probe in world.asked} == {HealthProbe}


def test_no_request_is_sent_before_http_is_served() -> None:
    """A worker that is merely alive says nothing of the api's port."""
    world = World(
        healthy=lambda w, at: Answer.OK if w == "worker" or at > 1 else Answer.NOBODY,
        reached=lambda at: dict.fromkeys(OWNERS, True) if at > 1 else {},
    )
    watched(world, 3.0)
    assert world.times(ReadinessProbe)[0] < 0.01
    assert world.times(RequestProbe)[0] > 1.0


def test_a_late_worker_does_not_hold_up_the_samples() -> None:
    world = World(healthy=lambda w, at: Answer.OK if w == "api" or at > 1 else Answer.UNKNOWN)
    watched(world, 4)
    times = world.times(RequestProbe)
    assert len(times) == 3
    assert times[-1] < 0.05


@pytest.mark.parametrize("second", [0.0, 0.013, 0.3, 1.0, 1.5, 1.99])
def test_a_ready_world_is_known_within_60_milliseconds(second: float) -> None:
    told = watched(World(healthy=boot_at(second)), second + 0.06)
    known = Observations(seen=seen(instance("api"), instance("worker")))
    for _, fact in told:
        known = add(known, fact)
    expected = expecting(since=EPOCH, deadline=EPOCH + 60, signals={})
    assert judge(expected, known, EPOCH + 9).standing is Standing.VERIFIED


def test_requests_are_sampled_until_the_test_decides() -> None:
    world = World()
    watched(world, 5)
    counts = [probe.count for _, probe in world.asked if isinstance(probe, RequestProbe)]
    assert counts == [BATCH, BATCH, 112 - 2 * BATCH]


def test_an_error_makes_it_sample_more_and_never_past_the_limit() -> None:
    world = World(errors=lambda total: total // 40)
    watched(world, 5)
    counts = [probe.count for _, probe in world.asked if isinstance(probe, RequestProbe)]
    assert sum(counts) == 400
    assert max(counts) == BATCH


def test_many_errors_end_the_sampling() -> None:
    world = World(errors=lambda total: total)
    watched(world, 5)
    assert len(world.times(RequestProbe)) == 1


def test_a_new_instance_is_sampled_anew() -> None:
    world = World(instance=lambda workload, at: f"{workload}-{1 if at < 3 else 2}")
    watched(world, 6)
    assert world.counted == {"api-1": 112, "api-2": 112}


def test_requests_that_nobody_answers_are_tried_at_a_pace() -> None:
    error = PermanentError("no safe request is known")
    world = World(failing=lambda probe, at: error if isinstance(probe, RequestProbe) else None)
    told = watched(world, 1.0)
    assert 10 < len(world.times(RequestProbe)) < 25
    last = facts(told, Requests)[-1]
    assert last == Requests(SERVICE, "", last.at, 0, 0, "no safe request is known")


def test_events_are_looked_for_again_and_told_when_there_is_news() -> None:
    world = World()
    bus = EventSource("http-log", "M10-Event-Bus")
    told = facts(watched(world, 3, expecting(bus=bus)), Boundary)
    asked = [probe for _, probe in world.asked if isinstance(probe, EventProbe)]
    assert set(asked) == {EventProbe("M10-Event-Bus", "http-log")}
    assert len(asked) > len(told) == 1


def test_a_service_without_http_or_owners_is_asked_for_neither() -> None:
    world = World()
    watched(world, 2, expecting(serves_http=False, owners=()))
    assert {type(probe) for _, probe in world.asked} == {HealthProbe}


def test_where_the_clusters_word_is_all_nobody_is_asked() -> None:
    world, told = World(), list[Evidence]()
    run_virtually(watch(world, expecting(status_only=True), VirtualClock(), told.append))
    assert (world.asked, told) == ([], [])


def test_readiness_is_asked_often_until_all_owners_are_reached() -> None:
    world = World(reached=lambda at: {OWNERS[0]: True, OWNERS[1]: at > 1.0})
    watched(world, 8)
    times = world.times(ReadinessProbe)
    before, after = [at for at in times if at < 1.0], [at for at in times if at > 1.1]
    assert set(gaps(before)) == {round(0.05 + TRIP, 3)}
    assert set(gaps(after)) == {round(1.0 + TRIP, 3)}
    assert not world.times(ConnectionProbe)


def test_owners_that_readyz_does_not_name_are_connected_to() -> None:
    world = World(
        reached=lambda at: {OWNERS[0]: True},
        connects=lambda owner, at: Answer.OK if at > 0.5 else Answer.NOBODY,
    )
    told = watched(world, 4)
    tried = facts(told, Connection)
    assert {each.owner for each in tried} == {OWNERS[1]}
    assert tried[0].answer is Answer.NOBODY
    assert tried[-1].answer is Answer.OK
    times = world.times(ConnectionProbe)
    assert gaps(times)[0] == round(0.05 + TRIP, 3)
    assert gaps(times)[-1] == round(1.0 + TRIP, 3)


def test_connections_stop_when_readyz_names_the_owner() -> None:
    world = World(reached=lambda at: dict.fromkeys(OWNERS, True) if at > 1 else {})
    watched(world, 6)
    assert 0 < max(world.times(ConnectionProbe)) < 2.2


def test_a_temporary_error_is_tried_again_and_told_when_it_lasts() -> None:
    hiccup = TemporaryError("socket busy")
    world = World(failing=lambda probe, at: hiccup if at < 0.03 else None)
    told = watched(world, 0.2)
    assert {fact.answer for fact in facts(told, Health)} == {Answer.OK}
    lasting = World(failing=lambda probe, at: hiccup)
    told = watched(lasting, 0.2)
    assert facts(told, Health)[0] == Health(
        SERVICE, "api", "", EPOCH + 0.046, Answer.UNKNOWN, "socket busy"
    )


def test_temporary_errors_with_answers_in_between_are_never_told() -> None:
    hiccup = TemporaryError("socket busy")
    tried: list[float] = []

    def every_other(probe: Probe, at: float) -> TierlineError | None:
        tried.append(at)
        return hiccup if len(tried) % 2 else None

    told = watched(World(failing=every_other), 3, expecting(workloads=("api",), owners=()))
    assert len(tried) > 10
    assert {fact.answer for fact in facts(told, Health)} == {Answer.OK}


def test_a_permanent_error_is_an_unknown_answer() -> None:
    error = PermanentError("no such workload")
    told = watched(World(failing=lambda probe, at: error), 0.01)
    assert [fact.answer for fact in facts(told, Health)] == [Answer.UNKNOWN, Answer.UNKNOWN]
    assert facts(told, Health)[0].detail == "no such workload"


def test_an_unknown_readiness_leads_to_connections() -> None:
    error = PermanentError("it serves no HTTP")
    world = World(failing=lambda probe, at: error if isinstance(probe, ReadinessProbe) else None)
    told = watched(world, 1)
    assert {each.owner for each in facts(told, Connection)} == set(OWNERS)


def test_a_probe_that_hangs_holds_up_no_other() -> None:
    world = World(hangs=lambda probe, at: isinstance(probe, ReadinessProbe) and at < 1)
    told = watched(world, 7)
    assert len(world.times(HealthProbe)) > 10
    assert sum(each.total for each in facts(told, Requests)[-1:]) == 112
    first = facts(told, Dependencies)[0]
    assert (first.answer, first.detail) == (Answer.UNKNOWN, "no answer within 5 s")


def test_an_error_of_ours_ends_the_watch() -> None:
    class OddError(TierlineError):
        """Neither temporary nor permanent."""

    world = World(failing=lambda probe, at: OddError("bad"))
    with pytest.raises(ExceptionGroup) as caught:
        watched(world, 1)
    assert caught.group_contains(OddError)


def test_answers_of_a_stranger_are_not_health() -> None:
    world = World(instance=lambda workload, at: "")
    watched(world, 1)
    assert {type(probe) for _, probe in world.asked} == {HealthProbe}


def test_a_service_that_falls_ill_is_judged_failed_within_two_seconds() -> None:
    world = World(healthy=lambda w, at: Answer.FAILED if w == "api" and at > 20 else Answer.OK)
    told = watched(world, 22)
    shown = tuple(replace(instance(w), revision=REVISION, key=KEY) for w in ("api", "worker"))
    known = Observations(seen=seen(*shown))
    for _, fact in told:
        known = add(known, fact)
    expected = expecting(since=EPOCH, deadline=EPOCH + 1e9)
    assert judge(expected, known, EPOCH + 22).standing is Standing.FAILED
