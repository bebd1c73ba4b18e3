"""What every target must do. Nothing here knows which target it is."""

from __future__ import annotations

import asyncio
import os
import socket
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from pathlib import Path
from typing import cast

import psutil
import pytest

from conformance.worlds import FACTORIES, Services, World
from tierline.facts.evidence import (
    Answer,
    Connection,
    Dependencies,
    Health,
    Requests,
    Signal,
    SignalKind,
)
from tierline.facts.observation import (
    Accepted,
    Instance,
    Lost,
    Observation,
    Phase,
    Refused,
    Seen,
    Synced,
)
from tierline.facts.probe import ConnectionProbe, HealthProbe, ReadinessProbe, RequestProbe
from tierline.facts.revision import ABSENT
from tierline.plan.model import Plan
from tierline.targets.protocol import Fence, Holder, LeaseHeld, Target

Scenario = Callable[[World], Awaitable[None]]
Play = Callable[[Scenario], None]
PATIENCE = 20.0


@pytest.fixture(params=sorted(FACTORIES))
def play(request: pytest.FixtureRequest, tmp_path: Path) -> Play:
    """Run a scenario in a fresh world of each target."""

    def run(scenario: Scenario) -> None:
        async def main() -> None:
            async with FACTORIES[request.param](tmp_path) as world:
                async with asyncio.timeout(60):
                    await scenario(world)

        asyncio.run(main())

    return run


def me() -> Holder:
    """This process, as a conductor would name itself."""
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    born = psutil.Process().create_time()
    return Holder("tester", socket.gethostname(), boot, os.getpid(), born)


def revision(plan: Plan, service: str) -> str:
    return next(s.revision.id for s in plan.services if s.service_id == service)


async def staged(world: World, edition: int = 1) -> tuple[Plan, Fence]:
    """Prepare an edition and claim the environment."""
    plan = world.plan(edition)
    async for item in world.target.prepare(plan):
        assert item.ok, item
    return plan, await world.target.claim("local", me())


async def start(world: World, plan: Plan, fence: Fence, service: str, key: str = "") -> Instance:
    """Apply a service and wait for its api instance."""
    key = key or f"r1/{service}/apply/1"
    outcome = await world.target.apply(service, revision(plan, service), key, fence.token)
    assert outcome == Accepted()
    seen = await until(world.target, service, lambda seen: bool(seen.instances))
    return next(i for i in seen.instances if i.workload == "api")


def view(target: Target) -> aclosing[AsyncGenerator[Observation, None]]:
    """The view, closed when it is left."""
    return aclosing(cast("AsyncGenerator[Observation, None]", target.observe()))


async def until(target: Target, service: str, wanted: Callable[[Seen], bool]) -> Seen:
    """Observe until a service is seen as wanted."""
    async with asyncio.timeout(PATIENCE), view(target) as frames:
        async for frame in frames:
            if isinstance(frame, Seen) and frame.service_id == service and wanted(frame):
                return frame
    raise AssertionError("the view ended")


async def snapshot(target: Target) -> dict[str, Seen]:
    """Everything that there is now."""
    found: dict[str, Seen] = {}
    async with asyncio.timeout(PATIENCE), view(target) as frames:
        async for frame in frames:
            if isinstance(frame, Seen):
                found[frame.service_id] = frame
            if isinstance(frame, Synced):
                return {name: seen for name, seen in found.items() if name in frame.services}
    raise AssertionError("the view ended")


async def first_log(target: Target) -> Signal:
    """The first signal of logs."""
    signals = aclosing(cast("AsyncGenerator[Signal, None]", target.signals()))
    async with asyncio.timeout(PATIENCE), signals as stream:
        async for signal in stream:
            if signal.kind is SignalKind.LOGS:
                return signal
    raise AssertionError("the stream ended")


async def health(target: Target, service: str, answer: Answer, workload: str = "api") -> Health:
    """Ask until the health is as wanted."""
    async with asyncio.timeout(PATIENCE):
        while True:
            fact = await target.probe(service, HealthProbe(workload))
            assert isinstance(fact, Health)
            if fact.answer is answer:
                return fact
            await asyncio.sleep(0.02)


def test_prepare_tells_of_every_service_once_and_makes_it_available(play: Play) -> None:
    async def scenario(world: World) -> None:
        plan = world.plan(1)
        assert not await world.target.available(Services.STEADY, revision(plan, Services.STEADY))
        items = [item async for item in world.target.prepare(plan)]
        assert sorted(item.service_id for item in items) == sorted(Services)
        assert all(item.ok for item in items)
        for service in Services:
            assert await world.target.available(service, revision(plan, service))
        assert not await world.target.available(Services.STEADY, "f" * 32)
        assert await world.target.available(Services.STEADY, ABSENT)

    play(scenario)


def test_a_key_is_applied_once(play: Play) -> None:
    async def scenario(world: World) -> None:
        plan, fence = await staged(world)
        first = await start(world, plan, fence, Services.STEADY)
        second = await start(world, plan, fence, Services.STEADY)
        assert second.id == first.id
        seen = (await snapshot(world.target))[Services.STEADY]
        assert [i.id for i in seen.instances] == [first.id]
        assert seen.last_key == f"r1/{Services.STEADY}/apply/1"
        assert seen.fence == fence.token
        assert seen.settled

    play(scenario)


def test_a_new_key_replaces_what_runs(play: Play) -> None:
    async def scenario(world: World) -> None:
        plan, fence = await staged(world)
        old = await start(world, plan, fence, Services.STEADY)
        plan, _ = await staged(world, edition=2)
        await start(world, plan, fence, Services.STEADY, "r2/apply/1")
        seen = (await snapshot(world.target))[Services.STEADY]
        alive = [i for i in seen.instances if i.phase is not Phase.EXITED]
        assert [i.revision for i in alive] == [revision(plan, Services.STEADY)]
        assert alive[0].id != old.id

    play(scenario)


def test_an_overtaken_fence_is_refused(play: Play) -> None:
    async def scenario(world: World) -> None:
        plan, fence = await staged(world)
        await world.target.release(fence)
        newer = await world.target.claim("local", me())
        assert newer.token > fence.token
        await start(world, plan, newer, Services.STEADY)
        planned = revision(plan, Services.QUITTER)
        outcome = await world.target.apply(Services.QUITTER, planned, "old/1", fence.token)
        assert isinstance(outcome, Refused)
        assert outcome.code == "lease/lost"
        assert Services.QUITTER not in await snapshot(world.target)
        outcome = await world.target.stop(Services.STEADY, "old/2", fence.token)
        assert isinstance(outcome, Refused)

    play(scenario)


def test_the_lease_has_one_living_holder_and_may_be_kept(play: Play) -> None:
    async def scenario(world: World) -> None:
        fence = await world.target.claim("local", me())
        again = await world.again().claim("local", me())
        assert again.token == fence.token
        child = await asyncio.create_subprocess_exec("sleep", "60")
        try:
            born = psutil.Process(child.pid).create_time()
            mine = me()
            other = Holder("other", mine.host, mine.boot, child.pid, born)
            with pytest.raises(LeaseHeld) as caught:
                await world.target.claim("local", other)
            assert caught.value.holder.pid == os.getpid()
            await world.target.release(fence)
            newer = await world.target.claim("local", other)
            assert newer.token > fence.token
            with pytest.raises(LeaseHeld):
                await world.target.claim("local", mine)
        finally:
            child.kill()
            await child.wait()
        assert (await world.target.claim("local", mine)).token > newer.token

    play(scenario)


def test_another_process_sees_the_same(play: Play) -> None:
    async def scenario(world: World) -> None:
        plan, fence = await staged(world)
        first = await start(world, plan, fence, Services.STEADY)
        seen = (await snapshot(world.again()))[Services.STEADY]
        assert [i.id for i in seen.instances] == [first.id]
        outcome = await world.again().apply(
            Services.STEADY, first.revision, f"r1/{Services.STEADY}/apply/1", fence.token
        )
        assert outcome == Accepted()
        assert (await snapshot(world.target))[Services.STEADY].instances[0].id == first.id

    play(scenario)


def test_a_view_that_broke_off_says_so_and_comes_back(play: Play) -> None:
    async def scenario(world: World) -> None:
        if world.break_view is None:
            pytest.skip("this target's view cannot be broken")
        plan, fence = await staged(world)
        first = await start(world, plan, fence, Services.STEADY)
        frames: list[Observation] = []
        async with view(world.target) as stream:
            async for frame in stream:
                frames.append(frame)
                if isinstance(frame, Synced):
                    if any(isinstance(each, Lost) for each in frames):
                        break
                    await world.break_view()
        after = frames[max(n for n, each in enumerate(frames) if isinstance(each, Lost)) :]
        seen = [f for f in after if isinstance(f, Seen) and f.service_id == Services.STEADY]
        assert [i.id for i in seen[-1].instances] == [first.id]
        assert isinstance(after[-1], Synced)
        assert Services.STEADY in after[-1].services

    play(scenario)


def test_stop_ends_it_and_nothing_else(play: Play) -> None:
    async def scenario(world: World) -> None:
        plan, fence = await staged(world)
        await start(world, plan, fence, Services.STEADY)
        await start(world, plan, fence, Services.TWOFOLD)
        for _ in range(2):
            outcome = await world.target.stop(Services.TWOFOLD, "r1/stop/1", fence.token)
            assert outcome == Accepted()
        seen = await snapshot(world.target)
        gone = seen.get(Services.TWOFOLD)
        assert gone is None or all(i.phase is Phase.EXITED for i in gone.instances)
        assert seen[Services.STEADY].instances[0].phase is Phase.RUNNING
        fact = await world.target.probe(Services.TWOFOLD, HealthProbe("api"))
        assert isinstance(fact, Health)
        assert fact.answer in {Answer.NOBODY, Answer.FAILED}

    play(scenario)


def test_restoring_brings_the_older_revision_back_and_absence_too(play: Play) -> None:
    async def scenario(world: World) -> None:
        older, fence = await staged(world)
        newer, _ = await staged(world, edition=2)
        await start(world, newer, fence, Services.STEADY)
        wanted = revision(older, Services.STEADY)
        outcome = await world.target.restore(Services.STEADY, wanted, "r1/restore/1", fence.token)
        assert outcome == Accepted()
        await until(world.target, Services.STEADY, lambda seen: alive(seen) == {wanted})
        await health(world.target, Services.STEADY, Answer.OK)
        texts = [line.text async for line in world.target.logs(Services.STEADY, 0.0, 10)]
        assert any("edition 1" in text or wanted[:12] in text for text in texts)
        outcome = await world.target.restore(Services.STEADY, ABSENT, "r1/restore/2", fence.token)
        assert outcome == Accepted()
        seen = (await snapshot(world.target)).get(Services.STEADY)
        assert seen is None or not alive(seen)

    play(scenario)


def alive(seen: Seen) -> set[str]:
    """Revisions of the instances that have not exited."""
    return {i.revision for i in seen.instances if i.phase is not Phase.EXITED}


def test_what_nobody_prepared_is_refused(play: Play) -> None:
    async def scenario(world: World) -> None:
        fence = await world.target.claim("local", me())
        for service in ("M99-Unknown-Service", Services.STEADY.value, "../../etc"):
            outcome = await world.target.apply(service, "f" * 32, "r1/x/1", fence.token)
            assert isinstance(outcome, Refused)
            assert not outcome.temporary
        fact = await world.target.probe("M99-Unknown-Service", HealthProbe("api"))
        assert isinstance(fact, Health)
        assert (fact.answer, fact.instance) == (Answer.NOBODY, "")

    play(scenario)


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
        tried = await world.target.probe(Services.SLOW, ConnectionProbe(Services.STEADY))
        assert isinstance(tried, Connection)
        assert (tried.answer, tried.instance) == (Answer.OK, instance.id)
        await world.target.stop(Services.STEADY, "r1/stop/1", fence.token)
        ready = await world.target.probe(Services.SLOW, ReadinessProbe())
        assert isinstance(ready, Dependencies)
        assert ready.owners == {Services.STEADY: False}
        tried = await world.target.probe(Services.SLOW, ConnectionProbe(Services.STEADY))
        assert isinstance(tried, Connection)
        assert tried.answer in {Answer.NOBODY, Answer.FAILED}
        tried = await world.target.probe(Services.SLOW, ConnectionProbe("X01-External"))
        assert isinstance(tried, Connection)
        assert tried.answer is Answer.UNKNOWN

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


def test_a_cancelled_preparation_leaves_nothing_half_done(play: Play) -> None:
    async def scenario(world: World) -> None:
        plan = world.plan(1)

        async def prepare() -> None:
            async for item in world.target.prepare(plan):
                assert item.ok

        task = asyncio.create_task(prepare())
        await asyncio.sleep(0.05)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        items = [item async for item in world.again().prepare(plan)]
        assert len(items) == len(Services)
        assert all(item.ok for item in items)
        fence = await world.target.claim("local", me())
        await start(world, plan, fence, Services.STEADY)
        await health(world.target, Services.STEADY, Answer.OK)

    play(scenario)
