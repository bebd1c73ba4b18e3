"""kill -9 at every boundary of a start: services go on, and no key runs twice."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
import time

import pytest

from supervised import Play, World, eventually, gone
from tierline.facts.observation import Accepted, Phase
from tierline.targets.local.messages import Launch

COUNT = 'echo "$$" >> started; '
SLEEP = COUNT + "sleep 100"

DYING = """
import os, signal, sys
from pathlib import Path
from tierline.targets.host import process
from tierline.supervisor.layout import Layout, launch_id
from tierline.supervisor.record import Record, Records
from tierline.supervisor.spawn import Start, spawn

state, runtime, work, moment = sys.argv[1:]
layout, key = Layout(Path(state), Path(runtime)), "r1/M01/apply/1"
layout.make()
launch = launch_id(key, "api")

def die(now):
    if now == moment:
        os.kill(os.getpid(), signal.SIGKILL)

def remember(child):
    print(child.pid, flush=True)
    die("before the record")
    Records(layout).write(Record(key, "rev1", child.pid, child.started, process.boot_id(), {},
                                 "api", "M01", 1.0))
    die("before the gate")

spawn(Start(("sh", "-c", 'echo "$$" >> started; sleep 100'), work, dict(os.environ),
            layout.lock_of("M01", "api"), layout.started_of(launch), layout.output_of(launch)),
      remember)
die("after the gate")
"""


def dies(world: World, moment: str) -> str:
    """A supervisor that is killed at this moment of a start; returns the child's pid."""
    folders = (str(world.state), str(world.runtime), str(world.work))
    died = subprocess.run(
        [sys.executable, "-c", DYING, *folders, moment], capture_output=True, text=True, check=False
    )
    assert died.returncode == -signal.SIGKILL, died.stderr
    return died.stdout.strip()


def test_services_outlive_their_supervisor_and_are_adopted(play: Play) -> None:
    async def scenario(world: World) -> None:
        launch = world.launch(world.workload(SLEEP), world.workload(SLEEP, "worker"))
        await world.client.launch(launch)
        before = (await world.all_seen())["M01"]
        await eventually(lambda: len(world.lines("started")) == 2)
        dead = await world.kill()
        after = (await world.all_seen())["M01"]
        assert (await world.client.status()).pid != dead.pid
        assert [i.id for i in after.instances] == [i.id for i in before.instances]
        assert (after.last_key, after.fence) == (launch.key, 1)
        assert {i.phase for i in after.instances} == {Phase.RUNNING}
        assert await world.client.launch(launch) == Accepted()
        assert len(world.lines("started")) == 2
        os.kill(int(world.lines("started")[0]), signal.SIGTERM)
        await world.seen(lambda seen: any(i.phase is Phase.EXITED for i in seen.instances))
        now = (await world.all_seen())["M01"].instances
        [ended] = [i for i in now if i.phase is Phase.EXITED]
        assert ended.exit_code is None
        assert "not our child" in ended.reason
        assert await world.client.stop("M01", "r1/M01/stop/1", 1) == Accepted()
        assert all(gone(pid) for pid in world.lines("started"))

    play(scenario)


def test_an_exit_without_supervisor_is_known_to_the_successor(play: Play) -> None:
    async def scenario(world: World) -> None:
        launch = world.launch(world.workload(COUNT + "echo alive; sleep 100"))
        await world.client.launch(launch)
        [pid] = await world.file("started")
        await world.kill()
        os.kill(int(pid), signal.SIGKILL)
        while not gone(pid):
            time.sleep(0.01)
        ended = await world.exited()
        assert (ended.exit_code, "alive" in ended.reason) == (None, True)
        assert await world.client.launch(launch) == Accepted()
        assert world.lines("started") == [pid]

    play(scenario)


@pytest.mark.parametrize("moment", ["before the record", "before the gate"])
def test_death_before_the_gate_means_that_it_never_ran(play: Play, moment: str) -> None:
    async def scenario(world: World) -> None:
        dies(world, moment)
        assert (await world.all_seen()).get("M01") is None or not (await world.all_seen())[
            "M01"
        ].instances
        assert await world.client.launch(world.launch(world.workload(SLEEP))) == Accepted()
        [instance] = (await world.all_seen())["M01"].instances
        [pid] = await world.file("started")
        assert instance.phase is Phase.RUNNING
        assert f"-{pid}-" in instance.id

    play(scenario)


def test_death_after_the_gate_means_that_it_runs(play: Play) -> None:
    async def scenario(world: World) -> None:
        pid = dies(world, "after the gate")
        await world.file("started")
        assert await world.client.launch(world.launch(world.workload(SLEEP))) == Accepted()
        [instance] = (await world.all_seen())["M01"].instances
        assert (instance.phase, f"-{pid}-" in instance.id) == (Phase.RUNNING, True)
        assert world.lines("started") == [pid]

    play(scenario)


def test_children_that_kept_the_lock_of_a_dead_leader_are_ended(play: Play) -> None:
    async def scenario(world: World) -> None:
        script = COUNT + "setsid sh -c 'echo $$ > child; sleep 100' & sleep 100"
        launch = world.launch(world.workload(script))
        await world.client.launch(launch)
        [child] = await world.file("child")
        await world.kill()
        os.kill(int(world.lines("started")[0]), signal.SIGKILL)
        assert await world.client.launch(launch) == Accepted()
        [instance] = (await world.all_seen())["M01"].instances
        assert instance.phase is Phase.EXITED
        assert len(world.lines("started")) == 1
        await eventually(lambda: gone(child))

    play(scenario)


def test_a_half_done_launch_is_finished_by_the_same_key(play: Play) -> None:
    async def scenario(world: World) -> None:
        dies(world, "after the gate")
        launch = world.launch(world.workload(SLEEP), world.workload(SLEEP, "worker"))
        assert await world.client.launch(launch) == Accepted()
        await eventually(lambda: len(world.lines("started")) == 2)
        seen = (await world.all_seen())["M01"]
        assert [i.workload for i in seen.instances] == ["api", "worker"]

    play(scenario)


def test_a_recorded_pid_that_belongs_to_another_process_by_now_is_no_instance(play: Play) -> None:
    async def scenario(world: World) -> None:
        launch = world.launch(world.workload(SLEEP))
        await world.client.launch(launch)
        [pid] = await world.file("started")
        await world.kill()
        os.kill(int(pid), signal.SIGKILL)
        record = world.state / "launches" / "r1_M01_apply_1.api.json"
        record.write_text(record.read_text().replace(f'"pid": {pid}', f'"pid": {os.getpid()}'))
        assert (await world.exited()).phase is Phase.EXITED
        assert await world.client.stop("M01", "r1/M01/stop/1", 1) == Accepted()

    play(scenario)


@pytest.mark.parametrize("seed", range(2))
def test_random_deaths_while_services_start(play: Play, seed: int) -> None:
    """Whenever the supervisor dies: in the end each key ran exactly once, and runs."""
    moments = random.Random(seed)

    async def start(world: World, service: str) -> None:
        script = f'echo "$$" >> {service}.started; exec sleep 100'
        key = f"r1/{service}/apply/1"
        launch = Launch(service, "rev1", key, 1, (world.workload(script),), 1.0)
        while await world.client.launch(launch) != Accepted():
            await asyncio.sleep(0.01)

    async def scenario(world: World) -> None:
        services = [f"S{number}" for number in range(8)]
        await world.client.ensure()
        starting = [asyncio.create_task(start(world, service)) for service in services]
        for _ in range(3):
            await asyncio.sleep(moments.uniform(0.0, 0.03))
            await world.kill()
        await asyncio.wait_for(asyncio.gather(*starting), 20)
        await eventually(lambda: all(world.lines(f"{service}.started") for service in services))
        assert {s: len(world.lines(f"{s}.started")) for s in services} == dict.fromkeys(services, 1)
        seen = await world.all_seen()
        assert [i.phase for s in services for i in seen[s].instances] == [Phase.RUNNING] * 8

    play(scenario)
