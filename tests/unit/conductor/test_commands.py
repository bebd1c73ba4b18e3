"""People's commands at bad moments: two at once, too late, in mid-effect, while another takes over."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from made.conducting import HERE, Place, holder, plan_for
from tierline.conductor.carry_out import Request, abort, carry_out, hold
from tierline.conductor.look import Look
from tierline.conductor.virtual import run_virtually
from tierline.errors import PermanentError
from tierline.rollout.events import Command, CommandAccepted, Ending, RolloutEnded
from tierline.rollout.state import ServiceState, Status
from tierline.store.protocol import Asked
from tierline.targets.protocol import LeaseHeld
from tierline.targets.simulated.behaviour import Behaviour

ROLLOUT = "R-20231114-1"
ROW = {"M01": (), "M02": ("M01",), "M03": ("M02",)}
SLOW = {"M01": (Behaviour(healthy_after=3.0),)}


def asked(command: Command, rollout: str = ROLLOUT) -> Asked:
    return Asked(0, rollout, command, "bob", "", 0.0)


def later(seconds: float, do: Callable[[], object]) -> None:
    asyncio.get_running_loop().call_later(seconds, do)


def ask(place: Place, *commands: Command) -> None:
    for command in commands:
        place.store.ask(HERE, asked(command))


def taken_up(place: Place, rollout: str = ROLLOUT) -> list[Command]:
    return [e.command for e in place.events(rollout) if isinstance(e, CommandAccepted)]


@pytest.mark.parametrize(
    ("commands", "status", "started"),
    [
        ((Command.HOLD, Command.RESUME), Status.COMPLETED, 3),
        ((Command.HOLD, Command.HOLD), Status.HELD, 1),
        ((Command.RESUME, Command.HOLD), Status.HELD, 1),
        ((Command.RESUME, Command.ABORT), Status.ABORTED, 1),
        ((Command.ABORT, Command.RESUME), Status.ABORTED, 1),
        ((Command.HOLD, Command.ABORT, Command.RESUME), Status.ABORTED, 1),
    ],
)
def test_commands_at_once_are_obeyed_in_the_order_in_which_they_came(
    commands: tuple[Command, ...], status: Status, started: int
) -> None:
    async def run() -> None:
        place = Place(SLOW)
        later(1.0, lambda: ask(place, *commands))
        state = await place.carry(plan_for(ROW))
        assert (state.status, len(place.started)) == (status, started)
        assert taken_up(place) == list(commands)
        assert place.free

    run_virtually(run())


def test_a_command_for_a_rollout_that_ended_concerns_no_other() -> None:
    async def run() -> None:
        place = Place()
        first = await place.carry(plan_for(ROW))
        ask(place, Command.ABORT, Command.HOLD)
        second = await place.carry(plan_for(ROW, "two"))
        assert (first.status, second.status) == (Status.COMPLETED, Status.COMPLETED)
        assert taken_up(place, second.rollout) == []
        for act in (hold, abort):
            with pytest.raises(PermanentError, match="is completed: there is nothing"):
                await act(place.wired(), holder(), first.rollout, asked(Command.HOLD))
        assert place.free

    run_virtually(run())


def test_a_command_that_a_dying_conductor_left_is_obeyed_by_the_next() -> None:
    async def run() -> None:
        place, plan = Place(SLOW), plan_for(ROW)
        conducted = asyncio.create_task(place.carry(plan))
        await passing(1.0)
        conducted.cancel()
        await asyncio.gather(conducted, return_exceptions=True)
        ask(place, Command.HOLD)
        state = await place.carry(plan)
        assert (state.rollout, state.status) == (ROLLOUT, Status.HELD)
        assert place.started == ["M01"]

    run_virtually(run())


def test_a_rollout_that_somebody_conducts_is_not_superseded() -> None:
    """Ask it to hold first: two conductors never share an environment."""

    async def run() -> None:
        place = Place(SLOW)
        conducted = asyncio.create_task(place.carry(plan_for(ROW)))
        await passing(1.0)
        request = Request(plan_for(ROW, "two"), "eve", supersedes=ROLLOUT)
        with pytest.raises(LeaseHeld):
            await carry_out(place.wired(), holder("eve"), request, Look(), lambda _: None)
        ask(place, Command.HOLD)
        assert (await conducted).status is Status.HELD
        state = await place.carry(plan_for(ROW, "two"), supersedes=ROLLOUT)
        assert state.status is Status.COMPLETED
        assert RolloutEnded(Ending.SUPERSEDED, f"superseded by plan {state.plan.digest[:12]}") in (
            place.events(ROLLOUT)
        )

    run_virtually(run())


def test_an_abort_waits_for_the_answer_to_what_was_sent_and_for_nothing_else() -> None:
    async def run() -> None:
        place = Place({"M01": (Behaviour(accept_seconds=2.0, healthy_after=60.0),)})
        later(1.0, lambda: ask(place, Command.ABORT))
        state = await place.carry(plan_for(ROW, verify_seconds=90.0))
        assert state.status is Status.ABORTED
        assert state.ended_at is not None
        assert 2.0 <= state.ended_at - state.requested_at < 2.5
        assert place.started == ["M01"]
        assert state.of("M01").state is ServiceState.HELD
        assert [issue.code for issue in place.store.issues(HERE)] == ["rollout/unverified"]
        again = await place.carry(plan_for(ROW, verify_seconds=90.0))
        assert again.status is Status.COMPLETED

    run_virtually(run())


async def passing(seconds: float) -> None:
    """Let virtual time pass."""
    done = asyncio.Event()
    later(seconds, done.set)
    await done.wait()
