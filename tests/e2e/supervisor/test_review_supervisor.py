"""What a supervisor cannot know any more, and one that does not answer, are said to be so."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import time

import pytest

from supervised import Play, World, eventually, gone
from tierline.errors import TemporaryError
from tierline.facts.observation import Accepted, Refused, Unknown

SLEEP = 'echo "$$" >> started; sleep 100'


def test_a_start_whose_record_was_lost_is_not_repeated_under_its_key(play: Play) -> None:
    """As after a power cut that kept the mark of the start and lost what was written of it."""

    async def scenario(world: World) -> None:
        launch = world.launch(world.workload(SLEEP))
        assert await world.client.launch(launch) == Accepted()
        await eventually(lambda: len(world.lines("started")) == 1)
        await world.kill()
        pid = world.lines("started")[0]
        os.killpg(int(pid), signal.SIGKILL)
        await eventually(lambda: gone(pid))
        for path in (world.state / "launches").glob("*.json"):
            path.write_text("")
        for path in (world.state / "services").glob("*.json"):
            path.unlink()
        answer = await world.client.launch(launch)
        assert isinstance(answer, Refused)
        assert (answer.code, answer.temporary) == ("local/record-lost", True)
        assert len(world.lines("started")) == 1

    play(scenario)


@pytest.mark.parametrize("above", [0, 41])
def test_a_lost_counter_goes_on_above_what_the_journal_holds(play: Play, above: int) -> None:
    async def scenario(world: World) -> None:
        await world.client.claim("local", world.me, 10.0)
        await world.client.shutdown(stop_services=True)
        (world.state / "lease.json").unlink()
        fence = await world.client.claim("local", world.me, 10.0, above)
        assert fence.token == above + 1
        again = await world.client.claim("local", world.me, 10.0, above)
        assert again.token == fence.token

    play(scenario)


def test_a_supervisor_that_was_stopped_is_said_not_to_answer(play: Play) -> None:
    async def scenario(world: World) -> None:
        launch = world.launch(world.workload(SLEEP), stop=0.0)
        pid = (await world.client.status()).pid
        os.kill(pid, signal.SIGSTOP)
        try:
            began = time.monotonic()
            asked = asyncio.create_task(world.client.status())
            answer = await world.client.launch(launch)
            assert isinstance(answer, Unknown)
            with pytest.raises(TemporaryError, match="did not answer within 10 s"):
                await asked
            assert time.monotonic() - began < 25.0
        finally:
            os.kill(pid, signal.SIGCONT)
        assert await world.client.launch(launch) == Accepted()
        await eventually(lambda: len(world.lines("started")) == 1)

    play(scenario)


def test_a_port_that_somebody_took_while_nothing_ran_is_given_up(play: Play) -> None:
    async def scenario(world: World) -> None:
        before = await world.client.ports("M01", ["http", "grpc"])
        await world.client.shutdown(stop_services=True)
        with socket.create_server(("127.0.0.1", before.numbers["http"])):
            after = await world.client.ports("M01", ["http", "grpc"])
        assert not after.taken
        assert after.numbers["http"] != before.numbers["http"]
        assert after.numbers["grpc"] == before.numbers["grpc"]

    play(scenario)


def test_a_port_that_a_running_service_may_have_been_told_of_is_kept(play: Play) -> None:
    async def scenario(world: World) -> None:
        before = await world.client.ports("M02", ["http"])
        await world.client.launch(world.launch(world.workload(SLEEP)))
        await world.kill()
        with socket.create_server(("127.0.0.1", before.numbers["http"])):
            after = await world.client.ports("M02", ["http"])
        assert after.numbers == before.numbers
        assert [taken.name for taken in after.taken] == ["http"]

    play(scenario)
