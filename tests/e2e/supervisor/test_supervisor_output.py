"""Output of real processes: read, followed, limited in size, cleaned."""

from __future__ import annotations

import asyncio
import time

from supervised import Play, World, eventually
from tierline.targets.local.messages import ReadLogs


async def read(world: World, **asked) -> list[str]:
    return [line.text async for line in world.client.logs(ReadLogs("M01", **asked))]


def test_the_newest_lines_of_all_workloads(play: Play) -> None:
    async def scenario(world: World) -> None:
        api = world.workload("for i in 1 2 3 4 5; do echo api $i; done; sleep 100")
        worker = world.workload("printf 'a\\033[31mb\\007c\\n'; sleep 100", "worker")
        await world.client.launch(world.launch(api, worker))

        async def printed() -> bool:
            return len(await read(world)) == 6

        await eventually(printed)
        assert await read(world, workload="api", limit=2) == ["api 4", "api 5"]
        assert await read(world, workload="worker") == ["abc"]
        assert await read(world, limit=0) == []

    play(scenario)


def test_lines_before_the_asked_time_are_left_out(play: Play) -> None:
    async def scenario(world: World) -> None:
        script = "echo early; sleep 2.5; echo late; sleep 100"
        await world.client.launch(world.launch(world.workload(script)))
        await asyncio.sleep(1.5)
        since = time.time()
        await asyncio.sleep(1.5)
        assert await read(world, since=since) == ["late"]
        assert await read(world) == ["early", "late"]

    play(scenario)


def test_following_brings_what_comes_across_launches(play: Play) -> None:
    async def scenario(world: World) -> None:
        await world.client.launch(world.launch(world.workload("echo one; sleep 100")))
        await asyncio.sleep(0.1)
        lines = world.client.logs(ReadLogs("M01", follow=True))
        first = await anext(lines)
        again = world.launch(world.workload("echo two; printf end"), key="r1/M01/apply/2")
        await world.client.launch(again)
        rest = [await anext(lines), await anext(lines)]
        await lines.aclose()
        assert [line.text for line in (first, *rest)] == ["one", "two", "end"]

    play(scenario)


def test_output_beyond_the_limit_gives_its_oldest_part_back(play: Play) -> None:
    async def scenario(world: World) -> None:
        script = (
            "yes 0123456789012345678901234567890123456789 | head -c 24600000; echo last; sleep 100"
        )
        await world.client.launch(world.launch(world.workload(script)))
        log = world.state / "launches" / "r1_M01_apply_1.api.log"

        def within() -> bool:
            found = log.stat()
            return found.st_size > 24_600_000 and found.st_blocks * 512 < 11_000_000

        await eventually(within)
        lines = await read(world, limit=10_000)
        assert lines[-1] == "last"
        assert set(lines[:-1]) == {"0123456789012345678901234567890123456789"}

    play(scenario)
