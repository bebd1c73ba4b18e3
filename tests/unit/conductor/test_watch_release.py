"""A watch over what was verified: who is degraded, who fails, what is decided, on virtual time."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from made.baking import LIMITS, Baking, altering, passes, pausing, spells, watched
from made.conducting import HERE, holder
from tierline.conductor.history import past_of
from tierline.conductor.virtual import run_virtually
from tierline.conductor.watch import watch
from tierline.errors import UsageError
from tierline.facts.decision import Decision, Severity
from tierline.facts.evidence import SignalKind
from tierline.ledger.model import IssueState
from tierline.policy.model import Demand
from tierline.rollout.events import ServiceDegraded, ServiceJudged, WatchEnded
from tierline.rollout.state import ServiceState, State, Status
from tierline.rollout.steady import fates, verdict
from tierline.targets.protocol import LeaseHeld
from tierline.targets.simulated.behaviour import Behaviour
from tierline.verification.record import replay

FAIL, UNKNOWN, WARN = Severity.FAIL, Severity.UNKNOWN, Severity.WARN
GO, HOLD, NO_GO = Decision.GO, Decision.HOLD, Decision.NO_GO


def decided(state: State) -> tuple[Decision, dict[str, Decision]]:
    assert state.watch is not None
    fate = fates(state, state.watch)
    return verdict(state, state.watch), {n: d for n, d in fate.items() if d is not Decision.GO}


def test_what_stays_well_is_go_and_nothing_is_written_but_begin_and_end() -> None:
    baking, state = watched()
    assert decided(state) == (GO, {})
    assert spells(state) == []
    assert [event.TYPE for event in baking.place.events()][-3:] == [
        "lease.acquired",
        "watch.began",
        "watch.ended",
    ]
    assert baking.freed
    assert state.watch is not None
    assert state.watch.ended_at is not None
    assert 60.0 <= state.watch.ended_at - state.watch.began_at < 61.0


def test_a_short_pause_is_told_and_go() -> None:
    baking, state = watched(*pausing(20.0, 4.0, "M04"))
    assert decided(state) == (GO, {})
    (spell,) = spells(state)
    assert (spell[0], spell[3], spell[4]) == ("M04", FAIL, "health/lost")
    assert 20 <= spell[1] <= 22
    assert spell[2] is not None
    assert 24 <= spell[2] <= 26
    assert baking.place.store.issues(HERE) == ()


def test_what_lasts_fails_the_service_opens_an_issue_and_is_forgotten_as_verified() -> None:
    baking, state = watched(altering(20.0, "M04", healthy_after=None))
    assert decided(state) == (HOLD, {"M04": NO_GO})
    assert state.status is Status.COMPLETED
    assert state.of("M04").state is ServiceState.FAILED
    (issue,) = baking.place.store.issues(HERE)
    assert (issue.service_id, issue.code, issue.state) == ("M04", "health/lost", IssueState.OPEN)
    assert "tierline rollout" in issue.next_action
    past = past_of(baking.place.store, HERE)
    assert sorted(past.verified) == ["M01", "M02", "M03"]
    judged = [e for e in baking.place.events() if isinstance(e, ServiceJudged)][-1]
    assert replay(judged.evidence).standing == "failed"


def test_a_service_that_dies_fails_and_who_reads_its_data_waits_for_it() -> None:
    baking, state = watched(altering(20.0, "M01", exits_after=0.0))
    assert decided(state) == (HOLD, {"M01": NO_GO, "M02": HOLD})
    told = {one.service_id: one for one in state.watch.spells} if state.watch else {}
    assert (told["M01"].code, told["M01"].sustained) == ("boot/exit", True)
    assert (told["M02"].because, told["M02"].sustained) == ("M01", False)
    assert state.of("M02").state is ServiceState.VERIFIED
    (issue,) = baking.place.store.issues(HERE)
    assert (issue.service_id, "M02" in issue.impact) == ("M01", True)


def test_an_owner_that_comes_back_lets_who_waited_be_well_again() -> None:
    _, state = watched(*pausing(15.0, 8.0, "M01"))
    assert decided(state) == (GO, {})
    assert {one[0] for one in spells(state)} <= {"M01", "M02"}


def test_an_owner_that_is_well_and_not_reached_fails_who_does_not_reach_it() -> None:
    _, state = watched(altering(10.0, "M02", unreachable=("M01",)))
    assert decided(state) == (HOLD, {"M02": NO_GO})
    assert state.of("M02").code == "dependency/unreachable"
    assert state.of("M02").reason == "it does not reach its owner M01 now"


def test_another_revision_fails() -> None:
    _, state = watched(altering(10.0, "M03", wrong_revision=True))
    assert decided(state) == (HOLD, {"M03": NO_GO})
    assert state.of("M03").code == "revision/wrong"


def test_requests_that_begin_to_fail_are_noticed_by_a_later_test() -> None:
    _, state = watched(altering(10.0, "M04", error_share=0.2))
    assert decided(state) == (HOLD, {"M04": NO_GO})
    assert state.of("M04").code == "requests/errors"


@pytest.mark.parametrize("kind", [SignalKind.METRICS, SignalKind.TRACES])
def test_required_telemetry_that_stops_fails(kind: SignalKind) -> None:
    step = altering(10.0, "M04", missing_signals=(kind,))
    _, state = watched(step, demands=Demand.REQUIRED)
    assert decided(state) == (HOLD, {"M04": NO_GO})
    assert state.of("M04").code == "telemetry/missing"
    assert state.of("M04").reason.startswith(f"{kind} stopped: the last came 3")


def test_expected_telemetry_that_stops_is_a_remark_and_go() -> None:
    step = altering(10.0, "M04", missing_signals=(SignalKind.METRICS,))
    _, state = watched(step, demands=Demand.EXPECTED)
    assert decided(state) == (GO, {})
    ((name, _, until, severity, code),) = spells(state)
    assert (name, until, severity, code) == ("M04", None, WARN, "telemetry/absent")


def test_logs_may_be_quiet() -> None:
    step = altering(10.0, "M04", missing_signals=(SignalKind.LOGS,))
    assert decided(watched(step, demands=Demand.REQUIRED)[1]) == (GO, {})


def test_a_service_that_flaps_fails_although_it_is_well_in_between() -> None:
    _, state = watched(altering(5.0, "M04", flaps=True))
    assert decided(state) == (HOLD, {"M04": NO_GO})


def test_one_that_fell_just_before_the_end_is_held() -> None:
    _, state = watched(altering(55.0, "M04", healthy_after=None))
    assert decided(state) == (HOLD, {"M04": HOLD})
    assert state.of("M04").state is ServiceState.VERIFIED


def test_one_that_came_back_just_before_the_end_is_held() -> None:
    _, state = watched(*pausing(50.0, 5.0, "M04"))
    assert decided(state) == (HOLD, {"M04": HOLD})


def test_missing_evidence_holds_and_never_fails() -> None:
    baking = Baking()

    async def run() -> State:
        await baking.release()
        return await baking.watch([(20.0, lambda _: _mute(baking))])

    state = run_virtually(run())
    assert decided(state)[0] is HOLD
    assert set(decided(state)[1].values()) == {HOLD}
    assert {p.state for p in state.progress.values()} == {ServiceState.HELD}


def _mute(baking: Baking) -> None:
    """The target answers no probe any more."""

    async def never(*_: object) -> None:
        await asyncio.Event().wait()

    baking.place.target.probe = never  # type: ignore[method-assign] # what hangs is the target


def test_what_was_gone_before_the_watch_began_fails_from_its_beginning() -> None:
    baking = Baking()

    async def run() -> State:
        await baking.release()
        baking.alter("M04", exits_after=0.0)
        return await baking.watch()

    state = run_virtually(run())
    assert decided(state) == (HOLD, {"M04": NO_GO})
    assert spells(state) == [("M04", 0, None, FAIL, "boot/exit")]


def test_a_watch_shorter_than_the_limit_does_not_take_what_it_never_saw_for_well() -> None:
    async def run() -> State:
        baking = Baking()
        await baking.release()
        _mute(baking)
        return await baking.watch(limits=replace(LIMITS, watch_seconds=5.0))

    state = run_virtually(run())
    assert decided(state) == (HOLD, dict.fromkeys(("M01", "M02", "M03", "M04"), HOLD))
    assert {one[3] for one in spells(state)} == {UNKNOWN}


def test_an_interrupt_ends_it_early_and_decides_nothing() -> None:
    baking = Baking()

    def press(_: Baking) -> None:
        assert baking.watcher is not None
        baking.watcher.interrupt("SIGINT")

    async def run() -> State:
        await baking.release()
        return await baking.watch([(20.0, press)])

    state = run_virtually(run())
    assert decided(state)[0] is HOLD
    assert state.watch is not None
    assert state.watch.reason == "interrupted by SIGINT"
    assert baking.freed


def test_a_rollout_ends_a_watch_politely_and_starts_anew_what_failed() -> None:
    async def run() -> tuple[State, State, Baking]:
        baking = Baking()
        await baking.release()
        step = altering(5.0, "M04", healthy_after=None)
        watching = asyncio.create_task(baking.watch([step], by="bob"))
        await passes(30.0)
        state = await baking.place.carry(baking.plan)
        return await watching, state, baking

    seen, state, baking = run_virtually(run())
    assert seen.watch is not None
    assert seen.watch.reason == "made room for a rollout of ada"
    assert seen.of("M04").state is ServiceState.FAILED
    assert state.status is Status.COMPLETED
    unchanged = {n for n, p in state.progress.items() if p.state is ServiceState.UNCHANGED}
    assert unchanged == {"M01", "M02", "M03"}
    (issue,) = baking.place.store.issues(HERE)
    assert issue.state is IssueState.CLOSED


def test_who_suffers_from_one_that_failed_before_is_told_apart_from_it() -> None:
    async def run() -> State:
        baking = Baking()
        await baking.release()
        await baking.watch([altering(5.0, "M01", exits_after=0.0)])
        return await baking.watch()

    state = run_virtually(run())
    assert decided(state) == (HOLD, {"M01": NO_GO, "M02": HOLD})
    assert state.watch is not None
    assert [(one.service_id, one.because) for one in state.watch.spells] == [("M02", "M01")]


def test_two_watches_at_once_are_refused() -> None:
    async def run() -> None:
        baking = Baking()
        await baking.release()
        first = asyncio.create_task(baking.watch())
        await passes(1.0)
        with pytest.raises(LeaseHeld):
            await baking.watch(by="bob")
        assert (await first).watch is not None

    run_virtually(run())


def test_a_watch_that_was_killed_begins_anew() -> None:
    async def run() -> tuple[State, Baking]:
        baking = Baking()
        await baking.release()
        first = asyncio.create_task(baking.watch(pausing(5.0, 3.0, "M04")))
        await passes(20.0)
        assert baking.place.world.fence is not None
        baking.place.world.dead.add(baking.place.world.fence.holder)
        baking.place.target.release = _nothing  # type: ignore[method-assign] # it dies, so it does not
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        return await baking.watch(by="bob"), baking

    state, baking = run_virtually(run())
    assert decided(state) == (GO, {})
    assert spells(state) == []
    events = baking.place.events()
    assert sum(isinstance(event, WatchEnded) for event in events) == 1
    assert any(isinstance(event, ServiceDegraded) for event in events)


async def _nothing(*_: object) -> None:
    return None


@pytest.mark.parametrize("begun", [False, True])
def test_without_a_finished_rollout_there_is_nothing_to_watch(begun: bool) -> None:
    async def run() -> None:
        baking = Baking()
        if begun:
            baking.place.world.behaviours = {"M04": (_broken(),)}
            assert (await baking.place.carry(baking.plan)).status is Status.HELD
        await watch(baking.place.wired(), holder(), LIMITS, lambda _: None)

    with pytest.raises(UsageError) as told:
        run_virtually(run())
    assert told.value.code == ("watch/unfinished" if begun else "watch/nothing")


def _broken() -> Behaviour:
    return Behaviour(exits_after=0.1)
