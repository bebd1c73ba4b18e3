"""Who may carry a plan out, what goes on and what begins anew, and what is left afterwards."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from made.conducting import HERE, Place, holder, plan_for
from tierline.conductor.carry_out import Occupied, abort
from tierline.conductor.history import load, occupying
from tierline.conductor.look import Look, look
from tierline.conductor.virtual import run_virtually
from tierline.errors import PermanentError, TemporaryError, UsageError
from tierline.plan.model import Plan
from tierline.rollback.foresight import Foresight
from tierline.rollout.events import (
    Command,
    CommandAccepted,
    Ending,
    Event,
    LeaseAcquired,
    RolloutEnded,
    RolloutRequested,
)
from tierline.rollout.state import ServiceState, State, Status
from tierline.store.memory import MemoryStore
from tierline.store.protocol import Asked, Entry
from tierline.targets.protocol import Fence, LeaseHeld
from tierline.targets.simulated.behaviour import Behaviour
from tierline.targets.simulated.target import SimulatedTarget

CHAIN = {"M01": (), "M02": ("M01",), "M03": ("M02",), "M04": ()}
ILL = (Behaviour(healthy_after=None), Behaviour())


class Killed(BaseException):
    """kill -9."""


class Mortal(MemoryStore):
    """Its process dies before the n-th write."""

    def __init__(self, writes: int) -> None:
        super().__init__()
        self.left: int = writes

    def append(self, environment: str, expected_seq: int, *entries: Entry) -> int:
        self.left -= 1
        if self.left == 0:
            raise Killed
        return super().append(environment, expected_seq, *entries)


async def interrupted(place: Place, plan: Plan) -> None:
    """The first conductor of a plan dies."""
    with pytest.raises(Killed):
        await place.carry(plan)


def fates(state: State) -> dict[str, str]:
    return {name: str(progress.state) for name, progress in state.progress.items()}


def kinds(events: list[Event]) -> list[type]:
    return [type(event) for event in events]


def test_a_plan_is_carried_out_in_order_and_the_lease_given_back() -> None:
    async def run() -> None:
        place, plan = Place(), plan_for(CHAIN)
        state = await place.carry(plan)
        assert state.status is Status.COMPLETED
        assert state.rollout == "R-20231114-1"
        assert place.started[:1] == ["M01"]
        assert [name for name in place.started if name != "M04"] == ["M01", "M02", "M03"]
        assert place.free
        events = place.events()
        assert kinds(events[:2]) == [RolloutRequested, LeaseAcquired]
        assert events[-1] == RolloutEnded(Ending.COMPLETED)
        assert load(place.store, HERE, state.rollout)[1].status is Status.COMPLETED
        assert occupying(place.store, HERE) is None
        assert place.store.issues(HERE) == ()

    run_virtually(run())


def test_what_fails_is_held_with_its_dependents_and_becomes_issues() -> None:
    async def run() -> None:
        place = Place({"M02": ILL})
        state = await place.carry(plan_for(CHAIN))
        assert state.status is Status.HELD
        assert fates(state) == {
            "M01": "verified",
            "M02": "failed",
            "M03": "held",
            "M04": "verified",
        }
        assert [issue.service_id for issue in place.store.issues(HERE)] == ["M02"]
        assert place.free

    run_virtually(run())


def test_a_held_rollout_owns_its_environment() -> None:
    async def run() -> None:
        place, plan = Place({"M02": ILL}), plan_for(CHAIN)
        held = await place.carry(plan)
        for another in (plan, plan_for(CHAIN, "two")):
            with pytest.raises(Occupied, match="owns local: it is held") as caught:
                await place.carry(another)
            assert caught.value.code == "rollout/occupied"
            assert f"--supersedes {held.rollout}" in caught.value.fix
        assert place.store.rollouts(HERE) == (held.rollout,)
        assert place.free

    run_virtually(run())


def test_a_held_rollout_resumed_tries_what_failed_again() -> None:
    async def run() -> None:
        place = Place({"M02": ILL})
        held = await place.carry(plan_for(CHAIN))
        state = await place.resume(held.rollout)
        assert state.status is Status.COMPLETED
        assert place.started.count("M01") == place.started.count("M04") == 1
        assert place.started.count("M02") == 2
        assert state.of("M02").key.endswith("/apply/2")
        assert [issue.state for issue in place.store.issues(HERE)] == ["closed"]
        with pytest.raises(PermanentError, match="is completed: there is nothing") as caught:
            await place.resume(held.rollout)
        assert caught.value.code == "rollout/over"
        assert place.free

    run_virtually(run())


def test_a_rollout_that_is_not_there_cannot_be_resumed() -> None:
    async def run() -> None:
        place = Place()
        with pytest.raises(UsageError, match="local has no rollout R-7"):
            await place.resume("R-7")
        assert place.free

    run_virtually(run())


@pytest.mark.parametrize("write", range(2, 9))
def test_after_a_death_the_same_plan_goes_on_and_starts_nothing_twice(write: int) -> None:
    async def run() -> None:
        place, plan = Place(store=Mortal(write)), plan_for(CHAIN)
        await interrupted(place, plan)
        state = await place.carry(plan)
        assert state.status is Status.COMPLETED
        assert sorted(place.started) == sorted(CHAIN)
        assert place.store.rollouts(HERE) == (state.rollout,)
        assert kinds(place.events()).count(RolloutRequested) == 1
        assert kinds(place.events()).count(LeaseAcquired) == 2

    run_virtually(run())


def test_it_goes_on_by_the_plan_as_it_began() -> None:
    """A plan that is made on the way knows the past only from there on; the digest is the same."""

    async def run() -> None:
        plan = plan_for(CHAIN)
        place, knowing = Place(store=Mortal(4)), Foresight(free=("M02 -> M01",))
        await interrupted(place, replace(plan, foresight=knowing))
        state = await place.carry(replace(plan, foresight=Foresight()))
        assert state.plan.foresight == knowing

    run_virtually(run())


def test_another_plan_does_not_go_on_with_an_interrupted_one() -> None:
    async def run() -> None:
        place = Place(store=Mortal(4))
        await interrupted(place, plan_for(CHAIN))
        with pytest.raises(Occupied, match="its plan is not this one: M01") as caught:
            await place.carry(plan_for(CHAIN, "two"))
        assert caught.value.code == "rollout/moved"
        assert "--supersedes R-20231114-1" in caught.value.fix
        assert place.free

    run_virtually(run())


@pytest.mark.parametrize("how", ["held", "interrupted"])
def test_a_newer_plan_may_supersede(how: str) -> None:
    async def run() -> None:
        place = Place({"M02": ILL}, store=Mortal(4 if how == "interrupted" else 0))
        if how == "interrupted":
            await interrupted(place, plan_for(CHAIN))
        else:
            await place.carry(plan_for(CHAIN))
        state = await place.carry(plan_for(CHAIN, "two"), supersedes="R-20231114-1")
        assert state.rollout == "R-20231114-2"
        _, old = load(place.store, HERE, "R-20231114-1")
        assert old.status is Status.SUPERSEDED
        assert not {ServiceState.PENDING, ServiceState.STARTING, ServiceState.VERIFYING} & {
            progress.state for progress in old.progress.values()
        }
        requested = place.events(state.rollout)[0]
        assert isinstance(requested, RolloutRequested)
        assert requested.supersedes == "R-20231114-1"

    run_virtually(run())


def test_only_the_rollout_that_is_named_is_superseded() -> None:
    async def run() -> None:
        place = Place({"M02": ILL})
        await place.carry(plan_for(CHAIN))
        with pytest.raises(Occupied):
            await place.carry(plan_for(CHAIN, "two"), supersedes="R-19990101-1")

    run_virtually(run())


def test_an_aborted_rollout_frees_its_environment() -> None:
    async def run() -> None:
        place = Place({"M02": ILL})
        held = await place.carry(plan_for(CHAIN))
        asked = Asked(0, held.rollout, Command.ABORT, "bob", "never mind", 0.0)
        await abort(place.wired(), holder("bob"), held.rollout, asked)
        _, state = load(place.store, HERE, held.rollout)
        assert (state.status, state.reason) == (Status.ABORTED, "never mind")
        assert occupying(place.store, HERE) is None
        assert place.free
        with pytest.raises(PermanentError) as caught:
            await abort(place.wired(), holder("bob"), held.rollout, asked)
        assert caught.value.code == "rollout/over"
        state = await place.carry(plan_for(CHAIN, "two"))
        assert state.status is Status.COMPLETED

    run_virtually(run())


def test_two_do_not_conduct_at_once() -> None:
    async def run() -> None:
        place, plan = Place(), plan_for(CHAIN)
        fence = await place.target.claim(HERE, holder("eve"))
        with pytest.raises(LeaseHeld, match="eve"):
            await place.carry(plan)
        assert place.events() == []
        assert place.store.load_plan(plan.digest) is None
        await place.target.release(fence)
        assert (await place.carry(plan)).status is Status.COMPLETED

    run_virtually(run())


def test_what_was_verified_and_still_runs_is_checked_not_started() -> None:
    async def run() -> None:
        place, plan = Place(), plan_for(CHAIN)
        await place.carry(plan)
        again = await place.carry(plan)
        assert again.status is Status.COMPLETED
        assert set(fates(again).values()) == {"unchanged"}
        assert sorted(place.started) == sorted(CHAIN)
        third = await place.carry(plan)
        assert set(fates(third).values()) == {"unchanged"}

    run_virtually(run())


def test_another_revision_nothing_seen_or_a_failure_since_is_no_unchanged() -> None:
    async def run() -> None:
        place, plan = Place(), plan_for(CHAIN)
        await place.carry(plan)
        newer = await place.carry(plan_for(CHAIN, "two"))
        assert set(fates(newer).values()) == {"verified"}
        unseen = await place.carry(plan_for(CHAIN, "two"), seen=Look())
        assert set(fates(unseen).values()) == {"verified"}
        older = await place.carry(plan)
        assert set(fates(older).values()) == {"verified"}

    run_virtually(run())


def test_what_runs_at_the_planned_revision_but_was_never_verified_is_started() -> None:
    async def run() -> None:
        place, plan = Place(), plan_for({"M01": ()})
        place.world.apply("M01", plan.services[0].revision.id, "somebody/else", 0)
        state = await place.carry(plan)
        assert fates(state) == {"M01": "verified"}
        assert place.started == ["M01", "M01"]

    run_virtually(run())


def test_an_unchanged_service_that_died_since_it_was_looked_at_is_failed() -> None:
    async def run() -> None:
        place, plan = Place({"M01": (Behaviour(exits_after=20.0), Behaviour())}), plan_for(CHAIN)
        await place.carry(plan)
        before = await look(place.target, ())
        await asyncio.wait({asyncio.create_task(_pass(30.0))})
        state = await place.carry(plan, seen=before)
        assert fates(state) == {"M01": "failed", "M02": "held", "M03": "held", "M04": "unchanged"}
        resumed = await place.resume(state.rollout)
        assert resumed.of("M01").state is ServiceState.VERIFIED
        assert resumed.of("M02").state in {ServiceState.VERIFIED, ServiceState.UNCHANGED}

    run_virtually(run())


async def _pass(seconds: float) -> None:
    done = asyncio.Event()
    asyncio.get_running_loop().call_later(seconds, done.set)
    await done.wait()


def test_a_conductor_that_is_cancelled_gives_the_lease_back() -> None:
    async def run() -> None:
        place, plan = Place(), plan_for(CHAIN)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.5):
                await place.carry(plan)
        assert place.world.starts
        assert place.free
        left = asyncio.all_tasks() - {asyncio.current_task()}
        assert not left
        state = await place.carry(plan)
        assert state.status is Status.COMPLETED
        assert sorted(place.started) == sorted(CHAIN)

    run_virtually(run())


class Stubborn(SimulatedTarget):
    """The lease cannot be given back."""

    async def release(self, fence: Fence) -> None:
        raise TemporaryError("connection reset")


def test_a_lease_that_cannot_be_given_back_does_not_hide_how_it_ended() -> None:
    async def run() -> None:
        place = Place()
        place.target = Stubborn(place.world, {})
        assert (await place.carry(plan_for(CHAIN))).status is Status.COMPLETED
        with pytest.raises(UsageError, match="no rollout"):
            await place.resume("R-7")

    run_virtually(run())


def test_a_rollout_without_its_plan_says_so() -> None:
    async def run() -> None:
        place, plan = Place(), plan_for(CHAIN)
        requested = RolloutRequested("0" * 32, "ada")
        place.store.append(HERE, 0, Entry("R-1", 1, 1.0, [requested]))
        with pytest.raises(PermanentError, match="R-1: its plan 000000000000 is not in the store"):
            await place.carry(plan)
        assert place.free

    run_virtually(run())


def test_commands_of_a_takeover_are_in_the_journal() -> None:
    async def run() -> None:
        place = Place({"M02": ILL})
        held = await place.carry(plan_for(CHAIN))
        await place.carry(plan_for(CHAIN, "two"), supersedes=held.rollout)
        told = [e for e in place.events(held.rollout) if isinstance(e, CommandAccepted)]
        assert [(e.command, e.by) for e in told] == [(Command.SUPERSEDE, "ada")]

    run_virtually(run())
