"""One look: what runs and how well, without changing or leaving anything."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from tierline.conductor.look import LOOK_SECONDS, Look, look
from tierline.conductor.virtual import VirtualClock, run_virtually
from tierline.errors import TemporaryError
from tierline.facts.evidence import Answer, Evidence, Health
from tierline.facts.observation import Instance, Lost, Observation, Phase, Seen
from tierline.facts.probe import HealthProbe, Probe
from tierline.targets.simulated.behaviour import Behaviour
from tierline.targets.simulated.target import SimulatedTarget
from tierline.targets.simulated.world import World


class Answering(SimulatedTarget):
    """Health answers by workload; one that is missing cannot be had."""

    answers: dict[str, Answer]

    async def probe(self, service_id: str, probe: Probe) -> Evidence:
        assert isinstance(probe, HealthProbe)
        if probe.workload not in self.answers:
            raise TemporaryError("timed out")
        return Health(service_id, probe.workload, "", 0.0, self.answers[probe.workload])


def world() -> World:
    made = World(VirtualClock().now, workloads={"M01": ("api", "worker")})
    made.apply("M01", "one", "k/1", 0)
    made.apply("M02", "two", "k/2", 0)
    return made


def test_what_runs_is_seen_and_only_who_is_asked_about_is_asked() -> None:
    async def run() -> None:
        there = world()
        await asyncio.wait({asyncio.create_task(_pass())})
        seen = await look(SimulatedTarget(there, {}), ["M02", "M77"])
        assert set(seen.seen) == {"M01", "M02"}
        assert dict(seen.health) == {"M02": Answer.OK}
        assert (seen.running("M01"), seen.running("M02"), seen.running("M77")) == ("one", "two", "")
        assert there._watchers == []

    run_virtually(run())


async def _pass() -> None:
    done = asyncio.Event()
    asyncio.get_running_loop().call_later(1.0, done.set)
    await done.wait()


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"api": Answer.OK, "worker": Answer.OK}, Answer.OK),
        ({"api": Answer.FAILED, "worker": Answer.OK}, Answer.FAILED),
        ({"api": Answer.OK, "worker": Answer.NOBODY}, Answer.NOBODY),
        ({"api": Answer.OK}, Answer.UNKNOWN),
        ({}, Answer.UNKNOWN),
    ],
)
def test_a_service_is_as_well_as_its_worst_workload(
    answers: dict[str, Answer], expected: Answer
) -> None:
    async def run() -> None:
        target = Answering(world(), {})
        target.answers = answers
        assert (await look(target, ["M01"])).health == {"M01": expected}

    run_virtually(run())


class Silent(SimulatedTarget):
    """Shows something, and never that this was all."""

    async def observe(self) -> AsyncIterator[Observation]:
        yield self._world.seen("M01")
        yield Lost("broken off")
        await asyncio.Event().wait()


def test_a_target_that_does_not_say_what_runs_is_temporary_trouble() -> None:
    async def run() -> None:
        with pytest.raises(
            TemporaryError, match=f"did not say within {LOOK_SECONDS:g} s"
        ) as caught:
            await look(Silent(world(), {}), [])
        assert caught.value.code == "target/silent"
        assert asyncio.get_running_loop().time() == LOOK_SECONDS

    run_virtually(run())


def test_nothing_runs_where_there_is_nothing() -> None:
    async def run() -> None:
        seen = await look(SimulatedTarget(World(VirtualClock().now), {}), ["M01"])
        assert (dict(seen.seen), dict(seen.health)) == ({}, {})

    run_virtually(run())


RUNNING = Instance("a", "api", "one", Phase.RUNNING)


@pytest.mark.parametrize(
    ("instances", "revision"),
    [
        ((RUNNING,), "one"),
        ((RUNNING, replace(RUNNING, id="b", workload="worker")), "one"),
        ((), ""),
        ((RUNNING, replace(RUNNING, id="b", revision="two")), ""),
        ((replace(RUNNING, phase=Phase.STARTING),), ""),
        ((RUNNING, replace(RUNNING, id="b", phase=Phase.EXITED)), ""),
    ],
)
def test_a_revision_runs_when_all_instances_run_it(
    instances: tuple[Instance, ...], revision: str
) -> None:
    assert Look({"M01": Seen("M01", instances)}).running("M01") == revision


def test_unhealthy_from_the_start_is_said() -> None:
    async def run() -> None:
        there = World(VirtualClock().now, {"M01": (Behaviour(healthy_after=None),)})
        there.apply("M01", "one", "k/1", 0)
        assert (await look(SimulatedTarget(there, {}), ["M01"])).health == {"M01": Answer.NOBODY}

    run_virtually(run())
