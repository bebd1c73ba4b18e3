"""Launch and stop of real processes: each key once, each session ended, each exit noticed."""

from __future__ import annotations

import asyncio
import os
import time

import pytest

from supervised import Play, World, eventually, gone
from tierline.facts.observation import Accepted, Phase, Refused

COUNT = 'echo "$$" >> started; '


def test_a_launch_is_seen_running_and_its_end_within_milliseconds(play: Play) -> None:
    async def scenario(world: World) -> None:
        script = COUNT + 'sleep 0.3; echo first; printf "last \\033[31mred\\033[0m"; exit 3'
        launch = world.launch(world.workload(script, http=23456))
        assert await world.client.launch(launch) == Accepted()
        seen = (await world.all_seen())["M01"]
        [instance] = seen.instances
        assert (seen.last_key, seen.fence, seen.settled) == (launch.key, 1, True)
        assert (instance.phase, instance.revision, instance.key) == (
            Phase.RUNNING,
            "rev1",
            launch.key,
        )
        assert instance.addresses == {"http": "127.0.0.1:23456"}
        ended = await world.exited()
        assert time.time() - (await world.all_seen())["M01"].at < 0.25
        assert (ended.id, ended.exit_code) == (instance.id, 3)
        assert ended.reason == "last red"
        assert ended.listening == ()

    play(scenario)


def test_a_program_that_does_not_exist_is_an_exit_with_its_reason(play: Play) -> None:
    async def scenario(world: World) -> None:
        workload = world.workload("")
        missing = type(workload)("api", ("no-such-program",), str(world.work))
        assert await world.client.launch(world.launch(missing)) == Accepted()
        ended = await world.exited()
        assert ended.exit_code == 127
        assert "no-such-program" in ended.reason

    play(scenario)


def test_the_same_key_never_starts_twice(play: Play) -> None:
    async def scenario(world: World) -> None:
        launch = world.launch(world.workload(COUNT + "sleep 100"))
        assert await world.client.launch(launch) == Accepted()
        pids = await world.file("started")
        assert await world.client.launch(launch) == Accepted()
        os.kill(int(pids[0]), 9)
        assert (await world.exited()).exit_code == -9
        assert await world.client.launch(launch) == Accepted()
        [instance] = (await world.all_seen())["M01"].instances
        assert instance.phase is Phase.EXITED
        assert instance.reason == "it printed nothing"
        assert len(world.lines("started")) == 1

    play(scenario)


def test_an_older_key_does_not_undo_a_newer_effect(play: Play) -> None:
    async def scenario(world: World) -> None:
        first = world.launch(world.workload(COUNT + "sleep 100"), key="r1/M01/apply/1")
        second = world.launch(world.workload(COUNT + "sleep 100"), key="r1/M01/apply/2")
        assert await world.client.launch(first) == Accepted()
        assert await world.client.stop("M01", "r1/M01/stop/1", 1) == Accepted()
        assert await world.client.launch(second) == Accepted()
        assert await world.client.stop("M01", "r1/M01/stop/1", 1) == Accepted()
        assert await world.client.launch(first) == Accepted()
        seen = (await world.all_seen())["M01"]
        assert [(i.key, i.phase) for i in seen.instances] == [(second.key, Phase.RUNNING)]
        assert seen.last_key == second.key

    play(scenario)


def test_a_new_key_replaces_what_runs_also_of_workloads_that_are_gone(play: Play) -> None:
    async def scenario(world: World) -> None:
        sleeping = COUNT + "sleep 100"
        first = world.launch(world.workload(sleeping), world.workload(sleeping, "worker"))
        assert await world.client.launch(first) == Accepted()
        await eventually(lambda: len(world.lines("started")) == 2)
        second = world.launch(world.workload(sleeping), key="r1/M01/apply/2")
        assert await world.client.launch(second) == Accepted()
        old = world.lines("started")[:2]
        assert all(gone(pid) for pid in old)
        [instance] = (await world.all_seen())["M01"].instances
        assert (instance.key, instance.workload) == (second.key, "api")

    play(scenario)


def test_an_overtaken_fence_is_refused(play: Play) -> None:
    async def scenario(world: World) -> None:
        assert await world.client.launch(world.launch(world.workload("sleep 100"), fence=7)) == (
            Accepted()
        )
        stale = world.launch(world.workload(COUNT), key="r1/M01/apply/2", fence=6)
        for answer in (
            await world.client.launch(stale),
            await world.client.stop("M01", "r1/M01/stop/1", 6),
        ):
            assert isinstance(answer, Refused)
            assert (answer.code, answer.temporary) == ("lease/lost", False)
        await world.kill()
        answer = await world.client.launch(stale)
        assert isinstance(answer, Refused), "the successor knows the highest fence"
        assert world.lines("started") == []

    play(scenario)


def test_stop_ends_a_session_that_ignores_being_asked(play: Play) -> None:
    async def scenario(world: World) -> None:
        script = "trap '' TERM; " + COUNT + "sh -c 'trap \"\" TERM; sleep 100' & wait; sleep 100"
        await world.client.launch(world.launch(world.workload(script)))
        [pid] = await world.file("started")
        begun = time.monotonic()
        assert await world.client.stop("M01", "r1/M01/stop/1", 1, 0.3) == Accepted()
        assert 0.3 <= time.monotonic() - begun < 3
        assert gone(pid)
        seen = (await world.all_seen())["M01"]
        assert (seen.instances, seen.last_key) == ((), "r1/M01/stop/1")

    play(scenario)


def test_stop_ends_grandchildren_that_left_the_session(play: Play) -> None:
    async def scenario(world: World) -> None:
        script = "setsid sh -c 'echo $$ > grandchild; exec sleep 100' & wait"
        await world.client.launch(world.launch(world.workload(script)))
        [pid] = await world.file("grandchild")
        assert await world.client.stop("M01", "r1/M01/stop/1", 1) == Accepted()
        await eventually(lambda: gone(pid))

    play(scenario)


def test_what_a_dead_leader_leaves_behind_is_ended(play: Play) -> None:
    async def scenario(world: World) -> None:
        await world.client.launch(world.launch(world.workload("sleep 100 & echo $! > child")))
        [pid] = await world.file("child")
        assert (await world.exited()).exit_code == 0
        await eventually(lambda: gone(pid))

    play(scenario)


def test_the_environment_is_clean_and_says_who_it_is(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_OF_THE_SHELL", "x")

    async def scenario(world: World) -> None:
        workload = world.workload("env > aside; mv aside env; sleep 100")
        given = type(workload)("api", workload.argv, workload.cwd, {"MINE": "1"})
        await world.client.launch(world.launch(given))
        env = dict(line.split("=", 1) for line in await world.file("env"))
        assert "SECRET_OF_THE_SHELL" not in env
        assert env["MINE"] == "1"
        assert env["OTEL_EXPORTER_OTLP_ENDPOINT"] == (await world.client.status()).otlp_url
        assert env["OTEL_RESOURCE_ATTRIBUTES"] == (
            "service.name=M01,service.version=rev1,service.instance.id=r1_M01_apply_1.api"
        )
        assert env["DATA_DIR"] == str(world.state / "data" / "M01")
        assert env.keys() <= {
            *("PATH", "HOME", "LANG", "TZ", "PWD", "DATA_DIR", "MINE", "SHLVL", "_"),
            *(name for name in env if name.startswith("OTEL_")),
        }

    play(scenario)


def test_a_launch_that_cannot_be_is_refused_and_leaves_what_runs(play: Play) -> None:
    async def scenario(world: World) -> None:
        good = world.workload("sleep 100")
        await world.client.launch(world.launch(good))
        for bad in (
            (type(good)("api", ("true",), "/no/such/folder"),),
            (type(good)("api", (), str(world.work)),),
            (type(good)("../api", ("true",), str(world.work)),),
            (good, good),
            (),
        ):
            answer = await world.client.launch(world.launch(*bad, key="r1/M01/apply/2"))
            assert isinstance(answer, Refused)
            assert answer.code == "local/bad-launch"
        seen = (await world.all_seen())["M01"]
        assert [i.phase for i in seen.instances] == [Phase.RUNNING]

    play(scenario)


def test_services_start_side_by_side(play: Play) -> None:
    async def scenario(world: World) -> None:
        def launch(name: str):
            workload = world.workload("sleep 100")
            return type(world.launch(workload))(name, "r", f"r1/{name}/apply/1", 1, (workload,))

        names = [f"S{number:02}" for number in range(12)]
        answers = await asyncio.gather(*(world.client.launch(launch(name)) for name in names))
        assert answers == [Accepted()] * 12
        assert sorted(await world.all_seen()) == names

    play(scenario)
