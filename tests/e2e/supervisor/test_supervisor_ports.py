"""Ports of real processes: remembered, found open, and attributed to whom they belong."""

from __future__ import annotations

import socket
import time
from pathlib import Path

from supervised import Play, World, shows
from tierline.facts.observation import Accepted
from tierline.targets.local.messages import ReadLogs, Whose

LISTEN = """
import os, socket, sys, time
s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
{before}
s.bind(("127.0.0.1", {port})); s.listen(); print("open", time.time())
time.sleep(100)
"""


def listening(port: int, before: str = "") -> str:
    return LISTEN.format(port=port, before=before)


def test_numbers_are_kept_by_service_and_name_also_by_a_successor(play: Play) -> None:
    async def scenario(world: World) -> None:
        first = (await world.client.ports("M01", ["http", "grpc"])).numbers
        other = (await world.client.ports("M02", ["http"])).numbers
        assert len({*first.values(), *other.values()}) == 3
        kernel = Path("/proc/sys/net/ipv4/ip_local_port_range").read_text()
        low, high = map(int, kernel.split())
        assert not any(low <= number <= high for number in first.values())
        await world.kill()
        assert (await world.client.ports("M01", ["grpc", "http"])).numbers == first

    play(scenario)


def test_a_port_that_a_stranger_took_is_said_and_kept(play: Play) -> None:
    async def scenario(world: World) -> None:
        number = (await world.client.ports("M01", ["http"])).numbers["http"]
        with socket.socket() as stranger:
            stranger.bind(("127.0.0.1", number))
            stranger.listen()
            ports = await world.client.ports("M01", ["http"])
            assert ports.numbers == {"http": number}
            [taken] = ports.taken
            assert (taken.name, taken.port, taken.by.startswith("pid ")) == ("http", number, True)
            assert (await world.client.listener(number)).whose is Whose.OUTSIDE
        assert (await world.client.ports("M01", ["http"])).taken == ()
        assert (await world.client.listener(number)).whose is Whose.NOBODY

    play(scenario)


def test_a_port_held_by_the_services_own_session_is_its_own(play: Play) -> None:
    async def scenario(world: World) -> None:
        number = (await world.client.ports("M01", ["http"])).numbers["http"]
        workload = world.python(listening(number), http=number)
        await world.client.launch(world.launch(workload))
        seen = await world.seen(shows("api", number))
        assert (await world.client.ports("M01", ["http"])).taken == ()
        owner = await world.client.listener(number)
        assert (owner.whose, owner.service_id) == (Whose.INSTANCE, "M01")
        assert owner.instance == seen.instances[0].id

    play(scenario)


def test_an_opened_port_is_noticed_soon(play: Play) -> None:
    async def scenario(world: World) -> None:
        number = (await world.client.ports("M01", ["http"])).numbers["http"]
        slow = world.python(listening(number, "time.sleep(0.4)"), http=number)
        await world.client.launch(world.launch(slow))
        seen = await world.seen(shows())
        opened = float((await logged(world))[0].removeprefix("open "))
        assert seen.at - opened < 0.3

    play(scenario)


async def logged(world: World) -> list[str]:
    return [line.text async for line in world.client.logs(ReadLogs("M01"))]


def test_descendants_that_left_the_session_still_count(play: Play) -> None:
    async def scenario(world: World) -> None:
        number = (await world.client.ports("M01", ["http"])).numbers["http"]
        forking = "if os.fork():\n  time.sleep(100)\nos.setsid()"
        await world.client.launch(world.launch(world.python(listening(number, forking))))
        await world.seen(shows("api", number))
        assert (await world.client.listener(number)).whose is Whose.INSTANCE

    play(scenario)


def test_a_port_shared_with_a_stranger_is_not_the_services(play: Play) -> None:
    async def scenario(world: World) -> None:
        number = (await world.client.ports("M01", ["http"])).numbers["http"]
        share = "s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)"
        with socket.socket() as stranger:
            stranger.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            stranger.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            stranger.bind(("127.0.0.1", number))
            stranger.listen()
            workload = world.python(listening(number, share), http=number)
            assert await world.client.launch(world.launch(workload)) == Accepted()
            await world.seen(shows())
            assert (await world.client.listener(number)).whose is Whose.OUTSIDE

    play(scenario)


def test_listening_elsewhere_than_told_is_seen(play: Play) -> None:
    async def scenario(world: World) -> None:
        told = (await world.client.ports("M01", ["http"])).numbers["http"]
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            elsewhere = probe.getsockname()[1]
        begun = time.monotonic()
        await world.client.launch(world.launch(world.python(listening(elsewhere), http=told)))
        seen = await world.seen(shows())
        assert seen.instances[0].listening == (elsewhere,)
        assert seen.instances[0].addresses == {"http": f"127.0.0.1:{told}"}
        assert time.monotonic() - begun < 5

    play(scenario)
