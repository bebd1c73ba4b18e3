"""Checkpoints under a real conductor: who passes one, and who does not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace

import pytest

from made.conducting import HERE, Place, holder, plan_for
from tierline.conductor.carry_out import abort
from tierline.conductor.rehearsal import rehearsal
from tierline.conductor.virtual import EPOCH, run_virtually
from tierline.plan.digest import sealed
from tierline.plan.model import Checkpoint, Plan
from tierline.rollout.events import CheckpointReached, Command, CommandAccepted
from tierline.rollout.state import State, Status
from tierline.store.memory import MemoryStore
from tierline.store.protocol import Asked, Entry
from tierline.targets.protocol import Prepared
from tierline.targets.simulated.behaviour import Behaviour
from tierline.targets.simulated.target import SimulatedTarget

ROLLOUT = "R-20231114-1"
CHAIN = {"M01": (), "M02": ("M01",), "M03": ("M02",)}


def stopping() -> Plan:
    """Three services in a row, with a checkpoint after each."""
    return sealed(replace(plan_for(CHAIN), checkpoint=Checkpoint.BATCH))


def ask(place: Place, command: Command, at: float) -> None:
    """A person asks so many seconds from now; a resume is for the checkpoint reached last."""

    def asks() -> None:
        seen = (reached(place) or [""])[-1] if command is Command.RESUME else ""
        place.store.ask(HERE, Asked(0, ROLLOUT, command, "bob", "", 0.0, seen))

    asyncio.get_running_loop().call_later(at, asks)


def passed(place: Place) -> list[tuple[Command, str]]:
    rows = place.events(ROLLOUT)
    return [(e.command, e.passes) for e in rows if isinstance(e, CommandAccepted)]


def reached(place: Place) -> list[str]:
    return [e.after for e in place.events(ROLLOUT) if isinstance(e, CheckpointReached)]


class Killed(BaseException):
    """kill -9."""


class Mortal(MemoryStore):
    """Its process dies after the first write that it waits for."""

    def __init__(self, last: Callable[[Entry], bool]) -> None:
        super().__init__()
        self._last: Callable[[Entry], bool] | None = last

    def append(self, environment: str, expected_seq: int, *entries: Entry) -> int:
        seq = super().append(environment, expected_seq, *entries)
        if self._last is not None and any(map(self._last, entries)):
            self._last = None
            raise Killed
        return seq


def holds(kind: type) -> Callable[[Entry], bool]:
    return lambda entry: any(isinstance(event, kind) for event in entry.events)


async def killed_at_its_checkpoint() -> tuple[Place, Plan]:
    place, plan = Place(store=Mortal(holds(CheckpointReached))), stopping()
    with pytest.raises(Killed):
        await place.carry(plan)
    return place, plan


def test_a_rollout_waits_and_goes_on_by_a_resume_from_elsewhere() -> None:
    async def run() -> None:
        place = Place({"M01": (Behaviour(healthy_after=2.0),)})
        ask(place, Command.RESUME, 0.2)
        ask(place, Command.RESUME, 200.0)
        ask(place, Command.RESUME, 300.0)
        state = await place.carry(stopping())
        assert state.status is Status.COMPLETED
        assert reached(place) == ["t2-l0", "t2-l1"]
        assert passed(place) == [
            (Command.RESUME, ""),
            (Command.RESUME, "t2-l0"),
            (Command.RESUME, "t2-l1"),
        ]
        began = {run.service_id: run.began - EPOCH for run in place.world.starts}
        assert 200.0 <= began["M02"] <= 200.2
        assert 300.0 <= began["M03"] <= 300.2

    run_virtually(run())


def test_a_resume_passes_no_checkpoint_but_the_one_that_was_seen() -> None:
    """Asked twice at the first: the second does not count for what was reached in between."""

    async def run() -> None:
        place = Place()
        for at, seen in ((100.0, "t2-l0"), (200.0, "t2-l0"), (300.0, ""), (400.0, "t2-l9")):
            asked = Asked(0, ROLLOUT, Command.RESUME, "bob", "", 0.0, seen)
            asyncio.get_running_loop().call_later(at, place.store.ask, HERE, asked)
        ask(place, Command.HOLD, 500.0)
        state = await place.carry(stopping())
        assert (state.status, state.waits_at) == (Status.HELD, "t2-l1")
        assert [after for _, after in passed(place)] == ["t2-l0", "", "", "", ""]
        assert place.started == ["M01", "M02"]

    run_virtually(run())


def test_the_same_command_waits_again_where_its_conductor_died() -> None:
    async def run() -> None:
        place, plan = await killed_at_its_checkpoint()
        ask(place, Command.HOLD, 100.0)
        state = await place.carry(plan)
        assert (state.status, place.started) == (Status.HELD, ["M01"])
        assert state.waits_at == "t2-l0"
        assert reached(place) == ["t2-l0"]

    run_virtually(run())


def test_a_resume_goes_on_where_the_conductor_died_or_was_held() -> None:
    async def run() -> None:
        place, _ = await killed_at_its_checkpoint()
        ask(place, Command.HOLD, 100.0)
        held = await place.resume(ROLLOUT)
        assert (held.status, place.started) == (Status.HELD, ["M01", "M02"])
        state = await place.resume(ROLLOUT)
        assert state.status is Status.COMPLETED
        assert [after for _, after in passed(place)] == ["t2-l0", "", "t2-l1"]
        assert len(place.started) == 3

    run_virtually(run())


def test_whoever_goes_on_after_an_interrupted_hold_passes_nothing() -> None:
    """A conductor that took over died while it held: the same command only takes the hold back."""

    async def run() -> None:
        place, plan = await killed_at_its_checkpoint()
        assert isinstance(place.store, Mortal)
        place.store._last = holds(CommandAccepted)
        asyncio.get_running_loop().call_later(0.01, lambda: interrupt(place))
        with pytest.raises(Killed):
            await place.carry(plan)
        ask(place, Command.HOLD, 100.0)
        state = await place.carry(plan)
        assert (state.status, place.started) == (Status.HELD, ["M01"])
        assert passed(place) == [(Command.HOLD, ""), (Command.RESUME, ""), (Command.HOLD, "")]

    run_virtually(run())


def interrupt(place: Place) -> None:
    assert place.conductor is not None
    place.conductor.interrupt("SIGINT")


def test_an_abort_at_a_checkpoint_ends_it_with_and_without_a_conductor() -> None:
    async def run() -> None:
        place = Place()
        ask(place, Command.ABORT, 100.0)
        ask(place, Command.RESUME, 100.0)
        state = await place.carry(stopping())
        assert (state.status, place.started) == (Status.ABORTED, ["M01"])
        place, _ = await killed_at_its_checkpoint()
        await abort(
            place.wired(), holder(), ROLLOUT, Asked(0, ROLLOUT, Command.ABORT, "bob", "", 0)
        )
        assert place.free

    run_virtually(run())


class Flaky(SimulatedTarget):
    """The first build of M01 fails."""

    tries = 0

    async def prepare(self, plan: Plan) -> AsyncIterator[Prepared]:
        self.tries += 1
        async for item in super().prepare(plan):
            bad = item.service_id == "M01" and self.tries == 1
            yield replace(item, ok=False, code="build/failed", detail="no room") if bad else item


def test_what_could_not_be_built_is_built_again_by_a_resume_at_a_checkpoint() -> None:
    async def run() -> None:
        plan = plan_for({**CHAIN, "M04": (), "M05": ("M04",)})
        place = Place()
        place.target = Flaky(place.world, dict(CHAIN))
        for at in (100.0, 200.0):
            ask(place, Command.RESUME, at)
        state = await place.carry(sealed(replace(plan, checkpoint=Checkpoint.BATCH)))
        assert state.status is Status.COMPLETED
        assert reached(place) == ["t2-l0", "t2-l1"]
        assert sorted(place.started) == ["M01", "M02", "M03", "M04", "M05"]

    run_virtually(run())


def test_a_rehearsal_waits_for_nobody() -> None:
    state: State = rehearsal(stopping(), {"M02": (Behaviour(),)}, "ada", EPOCH)
    assert state.status is Status.COMPLETED
