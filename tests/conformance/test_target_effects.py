"""What every target must do when it is asked to change something; which one it is, is not known."""

from __future__ import annotations

import asyncio
import os

import pytest

from conformance.acting import (
    Play,
    alive,
    began,
    ended,
    health,
    me,
    revision,
    snapshot,
    staged,
    start,
    until,
    view,
)
from conformance.worlds import Services, World
from tierline.facts.evidence import Answer, Health
from tierline.facts.observation import Accepted, Lost, Observation, Phase, Refused, Seen, Synced
from tierline.facts.probe import HealthProbe
from tierline.facts.revision import ABSENT
from tierline.targets.protocol import Holder, LeaseHeld


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
        seen = await until(world.target, Services.STEADY, lambda seen: seen.settled)
        assert [i.id for i in seen.instances] == [first.id]
        assert seen.last_key == f"r1/{Services.STEADY}/apply/1"
        assert seen.fence == fence.token

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
            mine = me()
            other = Holder("other", mine.host, mine.boot, child.pid, began(child.pid))
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
        await ended(world.target, Services.TWOFOLD)
        seen = await snapshot(world.target)
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
        await ended(world.target, Services.STEADY)

    play(scenario)


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
