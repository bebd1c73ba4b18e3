"""What every target must find out about what runs; which one it is, is not known."""

from __future__ import annotations

import time

import pytest

from conformance.acting import Play, alive, ended, first_log, health, revision, staged, start, until
from conformance.worlds import Services, World
from tierline.facts.evidence import Answer, Connection, Dependencies, Health, Requests
from tierline.facts.observation import Phase
from tierline.facts.probe import ConnectionProbe, HealthProbe, ReadinessProbe, RequestProbe


async def connection(world: World, owner: str) -> Connection:
    """What comes of connecting from SLOW to one that it names as owner."""
    tried = await world.target.probe(Services.SLOW, ConnectionProbe(owner))
    assert isinstance(tried, Connection)
    return tried


def test_health_is_of_the_instance_that_answers(play: Play) -> None:
    async def scenario(world: World) -> None:
        plan, fence = await staged(world)
        began = time.time()
        instance = await start(world, plan, fence, Services.SLOW)
        first = await world.target.probe(Services.SLOW, HealthProbe("api"))
        assert isinstance(first, Health)
        assert first.answer in {Answer.NOBODY, Answer.FAILED, Answer.UNKNOWN}
        well = await health(world.target, Services.SLOW, Answer.OK)
        assert well.instance == instance.id
        assert well.at >= began

    play(scenario)


def test_a_workload_without_http_is_well_while_it_lives(play: Play) -> None:
    async def scenario(world: World) -> None:
        plan, fence = await staged(world)
        await start(world, plan, fence, Services.TWOFOLD)
        api = await health(world.target, Services.TWOFOLD, Answer.OK)
        worker = await health(world.target, Services.TWOFOLD, Answer.OK, "worker")
        assert worker.instance
        assert worker.instance != api.instance

    play(scenario)


def test_death_after_health_is_seen_with_its_code(play: Play) -> None:
    async def scenario(world: World) -> None:
        plan, fence = await staged(world)
        instance = await start(world, plan, fence, Services.MORTAL)
        await health(world.target, Services.MORTAL, Answer.OK)
        seen = await until(world.target, Services.MORTAL, lambda seen: not alive(seen))
        dead = next(i for i in seen.instances if i.id == instance.id)
        assert (dead.phase, dead.exit_code) == (Phase.EXITED, 3)
        fact = await health(world.target, Services.MORTAL, Answer.FAILED)
        assert "exited" in fact.detail

    play(scenario)


def test_exiting_with_0_at_once_is_seen_with_its_last_words(play: Play) -> None:
    async def scenario(world: World) -> None:
        plan, fence = await staged(world)
        await start(world, plan, fence, Services.QUITTER)
        seen = await until(world.target, Services.QUITTER, lambda seen: not alive(seen))
        assert seen.instances[0].exit_code == 0
        assert "placeholder" in seen.instances[0].reason

    play(scenario)


def test_dependencies_are_asked_from_the_services_side(play: Play) -> None:
    async def scenario(world: World) -> None:
        plan, fence = await staged(world)
        await start(world, plan, fence, Services.STEADY)
        instance = await start(world, plan, fence, Services.SLOW)
        await health(world.target, Services.STEADY, Answer.OK)
        await health(world.target, Services.SLOW, Answer.OK)
        ready = await world.target.probe(Services.SLOW, ReadinessProbe())
        assert isinstance(ready, Dependencies)
        assert ready.instance == instance.id
        assert ready.owners == {Services.STEADY: True}
        await world.target.stop(Services.STEADY, "r1/stop/1", fence.token)
        await ended(world.target, Services.STEADY)
        ready = await world.target.probe(Services.SLOW, ReadinessProbe())
        assert isinstance(ready, Dependencies)
        assert ready.owners == {Services.STEADY: False}, ready

    play(scenario)


def test_connections_are_tried_from_the_services_side(play: Play) -> None:
    async def scenario(world: World) -> None:
        plan, fence = await staged(world)
        await start(world, plan, fence, Services.STEADY)
        instance = await start(world, plan, fence, Services.SLOW)
        await health(world.target, Services.STEADY, Answer.OK)
        await health(world.target, Services.SLOW, Answer.OK)
        reached, unreached = {Answer.OK}, {Answer.NOBODY, Answer.FAILED}
        if not world.connects:
            reached = unreached = {Answer.UNKNOWN}
        assert (await connection(world, Services.STEADY)).answer in reached
        assert (await connection(world, Services.STEADY)).instance == instance.id
        await world.target.stop(Services.STEADY, "r1/stop/1", fence.token)
        await ended(world.target, Services.STEADY)
        assert (await connection(world, Services.STEADY)).answer in unreached
        assert (await connection(world, "X01-External")).answer is Answer.UNKNOWN

    play(scenario)


def test_sampled_requests_add_up_and_begin_anew_with_an_instance(play: Play) -> None:
    async def scenario(world: World) -> None:
        plan, fence = await staged(world)
        first = await start(world, plan, fence, Services.STEADY)
        await health(world.target, Services.STEADY, Answer.OK)
        for total in (20, 40):
            counted = await world.target.probe(Services.STEADY, RequestProbe(20))
            assert isinstance(counted, Requests)
            assert (counted.total, counted.errors, counted.instance) == (total, 0, first.id)
        await start(world, plan, fence, Services.STEADY, "r1/apply/2")
        await health(world.target, Services.STEADY, Answer.OK)
        counted = await world.target.probe(Services.STEADY, RequestProbe(5))
        assert isinstance(counted, Requests)
        assert counted.total == 5
        assert counted.instance != first.id

    play(scenario)


def test_signals_name_service_revision_and_instance(play: Play) -> None:
    async def scenario(world: World) -> None:
        if not world.target.capabilities().receives_signals:
            pytest.skip("this target receives none")
        plan, fence = await staged(world)
        instance = await start(world, plan, fence, Services.STEADY)
        signal = await first_log(world.target)
        assert signal.service_id == Services.STEADY
        assert signal.revision == revision(plan, Services.STEADY)
        assert signal.instance == instance.id
        assert signal.count >= 1

    play(scenario)


def test_logs_are_the_newest_lines_oldest_first(play: Play) -> None:
    async def scenario(world: World) -> None:
        plan, fence = await staged(world)
        await start(world, plan, fence, Services.QUITTER)
        await until(world.target, Services.QUITTER, lambda seen: not alive(seen))
        lines = [line async for line in world.target.logs(Services.QUITTER, 0.0, 10)]
        assert lines
        assert {line.service_id for line in lines} == {Services.QUITTER}
        newest = [line async for line in world.target.logs(Services.QUITTER, 0.0, 1)]
        assert newest == lines[-1:]
        later = [line async for line in world.target.logs(Services.QUITTER, time.time() + 60, 9)]
        assert all(line.at is None for line in later), "a line of known time is too old"
        assert [line async for line in world.target.logs("M99-Unknown-Service", 0.0, 9)] == []

    play(scenario)
