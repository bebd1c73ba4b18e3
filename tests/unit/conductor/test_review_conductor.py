"""Where GO might be said of what does not run, or a rollout might wait for ever."""

from __future__ import annotations

from dataclasses import replace

import pytest

from made.conducting import HERE, Place, holder, plan_for
from made.plans import Owners, mesh_of, policy_of, request_of, revision_of
from made.troubles import (
    Blind,
    Impatient,
    Killed,
    Mortal,
    fates,
    hang,
    killed,
    later,
    passing,
    starts,
    vanish,
)
from tierline.conductor.carry_out import abort, hold
from tierline.conductor.history import load, past_of
from tierline.conductor.virtual import run_virtually
from tierline.errors import LeaseLost
from tierline.facts.observation import Outcome
from tierline.plan.build import build
from tierline.plan.model import Plan
from tierline.policy.model import Limits
from tierline.rollout.events import (
    Command,
    CommandAccepted,
    EffectSettled,
    RolloutEnded,
)
from tierline.rollout.state import Kind, ServiceState, Status
from tierline.store.memory import MemoryStore
from tierline.store.protocol import Asked, Entry
from tierline.targets.protocol import Holder
from tierline.targets.simulated.behaviour import Behaviour
from tierline.targets.simulated.target import SimulatedTarget

PAIR = {"M01": (), "M02": ("M01",)}
JOINED = {"M01": (), "M02": (), "M03": ("M01", "M02")}
SLOW = {"M02": (Behaviour(healthy_after=1.0),)}
"""M01 is verified some time before M03 is intended"""
APART = {"M01": (), "M04": ()}


def test_a_deadline_that_passes_while_nothing_is_seen_does_not_stop_the_loop() -> None:
    async def run() -> None:
        place = Place({"M01": (Behaviour(healthy_after=4.0),)}, store=Impatient())
        place.target = Blind(place.world, at=1.0, until=9.0)
        state = await place.carry(plan_for(APART))
        assert fates(state) == {"M01": "verified", "M04": "verified"}

    run_virtually(run())


def test_a_verified_service_that_vanishes_is_failed() -> None:
    async def run() -> None:
        place = Place({"M04": (Behaviour(healthy_after=3.0),)})
        later(1.5, lambda: vanish(place, "M01"))
        state = await place.carry(plan_for(APART))
        assert fates(state) == {"M01": "failed", "M04": "verified"}
        assert state.of("M01").code == "boot/gone"
        assert "M01" in state.reason

    run_virtually(run())


def test_after_a_death_what_was_verified_and_vanished_meanwhile_is_not_passed() -> None:
    async def run() -> None:
        place, plan = Place(SLOW, store=Mortal(starts("M03"))), plan_for(JOINED)
        await killed(place, plan)
        vanish(place, "M01")
        state = await place.carry(plan)
        assert fates(state) == {"M01": "failed", "M02": "verified", "M03": "held"}
        assert "M03" not in place.started
        assert state.of("M01").code == "boot/gone"

    run_virtually(run())


def test_after_a_death_what_was_verified_and_hangs_meanwhile_is_not_passed() -> None:
    async def run() -> None:
        place, plan = Place(SLOW, store=Mortal(starts("M03"))), plan_for(JOINED)
        await killed(place, plan)
        hang(place, "M01")
        state = await place.carry(plan)
        assert fates(state) == {"M01": "failed", "M02": "verified", "M03": "held"}
        assert place.started == ["M01", "M02"]

    run_virtually(run())


def test_a_held_rollout_is_not_resumed_on_yesterdays_health() -> None:
    async def run() -> None:
        place = Place({"M02": (Behaviour(healthy_after=None), Behaviour())})
        state = await place.carry(plan_for(PAIR))
        assert fates(state) == {"M01": "verified", "M02": "failed"}
        hang(place, "M01")
        await passing(3600.0)
        state = await place.resume(state.rollout)
        assert fates(state) == {"M01": "failed", "M02": "held"}
        assert place.started == ["M01", "M02"]

    run_virtually(run())


def test_a_hold_that_is_taken_over_does_not_end_on_what_a_dead_conductor_saw() -> None:
    def ends(entry: Entry) -> bool:
        return any(isinstance(event, RolloutEnded) for event in entry.events)

    async def run() -> None:
        place, plan = Place(SLOW, store=Mortal(ends)), plan_for(JOINED)
        interrupt = Asked(0, "R-20231114-1", Command.HOLD, "bob", "lunch", 0.0)
        later(1.3, lambda: place.store.ask(HERE, interrupt))
        await killed(place, plan)
        hang(place, "M01")
        state = await place.carry(plan)
        assert state.status is Status.HELD
        assert state.of("M01").state is ServiceState.FAILED

    run_virtually(run())


def test_after_a_death_an_outside_owner_is_looked_at_anew() -> None:
    async def run() -> None:
        place, plan = Place(SLOW, store=Mortal(starts("M03"))), _outside_plan(JOINED)
        place.world.apply("M01", "whatever", "before/M01/apply/1", 0)
        await passing(1.0)
        await killed(place, plan)
        hang(place, "M01")
        state = await place.carry(plan)
        assert fates(state) == {"M01": "failed", "M02": "verified", "M03": "held"}
        assert place.started == ["M01", "M02"]

    run_virtually(run())


def _outside_plan(owners: Owners) -> Plan:
    """All but M01, whose data they read."""
    mesh = mesh_of(owners)
    policy = replace(policy_of(), limits=Limits(verify_seconds=5.0))
    revisions = {name: revision_of(name, "one") for name in mesh.services}
    return build(request_of(mesh, chosen=tuple(owners)[1:], policy=policy, revisions=revisions))


def test_after_a_death_what_still_works_is_neither_started_again_nor_lost() -> None:
    async def run() -> None:
        place, plan = Place(store=Mortal(starts("M02"))), plan_for(PAIR)
        await killed(place, plan)
        state = await place.carry(plan)
        assert state.status is Status.COMPLETED
        assert place.started == ["M01", "M02"]
        assert state.order == ("M01", "M02")

    run_virtually(run())


class Frozen(SimulatedTarget):
    """Its user is stopped before an effect, until the lease is somebody else's."""

    async def apply(self, service_id: str, revision: str, key: str, fence: int) -> Outcome:
        if service_id == "M02":
            assert self._world.fence
            self._world.dead.add(self._world.fence.holder)
            eve = self._world.claim(Holder("eve", "there", "boot", 2, 0))
            self._world.release(eve)
        return await super().apply(service_id, revision, key, fence)


def test_an_effect_refused_for_a_lost_lease_is_no_failure_of_the_service() -> None:
    async def run() -> None:
        place, plan = Place(), plan_for(PAIR)
        place.target = Frozen(place.world, {})
        with pytest.raises(LeaseLost):
            await place.carry(plan)
        answers = [e.outcome for e in place.events() if isinstance(e, EffectSettled)]
        assert answers == ["accepted"]
        place.target = SimulatedTarget(place.world, {})
        place.world.dead.clear()
        state = await place.carry(plan)
        assert state.status is Status.COMPLETED
        assert place.started == ["M01", "M02"]

    run_virtually(run())


@pytest.mark.parametrize("command", [Command.HOLD, Command.ABORT])
def test_a_command_that_came_too_late_does_not_stop_a_resumed_rollout(command: Command) -> None:
    async def run() -> None:
        place = Place({"M01": (Behaviour(healthy_after=None), Behaviour())})
        state = await place.carry(plan_for(PAIR))
        place.store.ask(HERE, Asked(0, state.rollout, command, "bob", "too late", 0.0))
        state = await place.resume(state.rollout)
        assert state.status is Status.COMPLETED

    run_virtually(run())


def test_a_resumed_rollout_still_takes_commands() -> None:
    async def run() -> None:
        place = Place({"M01": (Behaviour(healthy_after=None), Behaviour(healthy_after=2.0))})
        state = await place.carry(plan_for(PAIR))
        name = state.rollout
        place.store.ask(HERE, Asked(0, name, Command.HOLD, "bob", "too late", 0.0))
        now = Asked(0, name, Command.HOLD, "bob", "in time", 0.0)
        later(1.0, lambda: place.store.ask(HERE, now))
        state = await place.resume(name)
        assert (state.status, state.reason) == (Status.HELD, "in time")
        assert fates(state) == {"M01": "verified", "M02": "held"}

    run_virtually(run())


def test_an_interrupted_rollout_that_nobody_conducts_can_be_held() -> None:
    async def run() -> None:
        place, plan = Place(SLOW, store=Mortal(starts("M03"))), plan_for(JOINED)
        await killed(place, plan)
        rollout = place.store.rollouts(HERE)[0]
        asked = Asked(0, rollout, Command.HOLD, "bob", "lunch", 0.0)
        await hold(place.wired(), holder("bob"), rollout, asked)
        _, state = load(place.store, HERE, rollout)
        assert fates(state) == {"M01": "verified", "M02": "held", "M03": "held"}
        assert (state.status, state.reason) == (Status.HELD, "lunch")
        assert place.free
        held = state.of("M03").held
        assert held is not None
        assert (held.kind, held.by) == (Kind.COMMAND, "bob")
        assert (await place.resume(rollout)).status is Status.COMPLETED
        assert place.started == ["M01", "M02", "M02", "M03"]

    run_virtually(run())


def test_after_an_abort_nothing_of_the_rollout_starts() -> None:
    async def run() -> None:
        place, plan = Place(store=Mortal(starts("M02"))), plan_for(PAIR)
        await killed(place, plan)
        rollout = place.store.rollouts(HERE)[0]
        asked = Asked(0, rollout, Command.ABORT, "bob", "", 0.0)
        await abort(place.wired(), holder("bob"), rollout, asked)
        state = await place.carry(plan)
        assert state.rollout != rollout
        assert state.status is Status.COMPLETED

    run_virtually(run())


def test_keys_are_never_used_again_though_the_journal_was_moved_away() -> None:
    async def run() -> None:
        place, plan = Place(), plan_for(PAIR)
        first = await place.carry(plan)
        place.store = MemoryStore()
        second = await place.carry(plan)
        assert second.status is Status.COMPLETED
        assert first.rollout != second.rollout
        assert len({run.key for run in place.world.starts}) == 4

    run_virtually(run())


def test_a_lease_counter_that_was_lost_does_not_shut_the_environment() -> None:
    async def run() -> None:
        place, plan = Place(), plan_for(PAIR)
        for _ in range(7):
            place.world.release(place.world.claim(holder()))
        await place.carry(plan)
        place.world.fence, place.world._highest = None, 0
        state = await place.carry(plan)
        assert state.status is Status.COMPLETED

    run_virtually(run())


def test_a_look_from_outside_a_plan_does_not_make_a_service_count_as_verified() -> None:
    async def run() -> None:
        place = Place()
        place.world.apply("M01", revision_of("M01", "one").id, "before/M01/apply/1", 0)
        await passing(1.0)
        state = await place.carry(_outside_plan(PAIR))
        assert state.status is Status.COMPLETED
        assert set(past_of(place.store, HERE).verified) == {"M02"}
        state = await place.carry(plan_for(PAIR))
        assert fates(state) == {"M01": "verified", "M02": "unchanged"}

    run_virtually(run())


def test_what_is_taken_over_is_told_in_the_journal_alone() -> None:
    """The fold of the journal is the state that the conductor itself had."""

    async def run() -> None:
        place, plan = Place(store=Mortal(starts("M02"))), plan_for({**PAIR, "M04": ()})
        await killed(place, plan)
        hang(place, "M04")
        state = await place.carry(plan)
        _, told = load(place.store, HERE, state.rollout)
        assert fates(told) == fates(state)
        assert told.of("M04").state is ServiceState.FAILED
        assert "not healthy" in told.of("M04").reason

    run_virtually(run())


def test_a_resume_is_recorded_once_though_the_process_died_right_after_it() -> None:
    def resumed(entry: Entry) -> bool:
        return bool(store.rollouts(HERE)) and any(
            isinstance(row.event, CommandAccepted) for row in store.read(HERE)
        )

    store = Mortal(resumed)

    async def run() -> None:
        place = Place({"M01": (Behaviour(healthy_after=None), Behaviour())}, store=store)
        state = await place.carry(plan_for(PAIR))
        with pytest.raises(Killed):
            await place.resume(state.rollout)
        state = await place.resume(state.rollout)
        assert state.status is Status.COMPLETED
        assert place.started == ["M01", "M01", "M02"]

    run_virtually(run())
