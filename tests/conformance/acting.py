"""Steps that the conformance suite is written in: claim, prepare, start, wait for, look at."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from typing import cast

from conformance.worlds import World
from tierline.conductor.lease import this_holder
from tierline.facts.evidence import Answer, Health, Signal, SignalKind
from tierline.facts.observation import Accepted, Instance, Observation, Phase, Seen, Synced
from tierline.facts.probe import HealthProbe
from tierline.plan.model import Plan
from tierline.targets.host.process import look
from tierline.targets.protocol import Fence, Holder, Target

Scenario = Callable[[World], Awaitable[None]]
Play = Callable[[Scenario], None]
PATIENCE = 60.0


def me() -> Holder:
    """This process, as a conductor would name itself."""
    return this_holder("tester")


def began(pid: int) -> int:
    """When a living process began, in clock ticks since boot."""
    found = look(pid)
    assert found is not None
    return found.started


def revision(plan: Plan, service: str) -> str:
    return next(s.revision.id for s in plan.services if s.service_id == service)


async def staged(world: World, edition: int = 1) -> tuple[Plan, Fence]:
    """Prepare an edition and claim the environment."""
    plan = world.plan(edition)
    async for item in world.target.prepare(plan):
        assert item.ok, item
    return plan, await world.target.claim("local", me())


async def start(world: World, plan: Plan, fence: Fence, service: str, key: str = "") -> Instance:
    """Apply a service and wait until its api instance is there, and none of another effect."""
    key = key or f"r1/{service}/apply/1"
    outcome = await world.target.apply(service, revision(plan, service), key, fence.token)
    assert outcome == Accepted()

    def is_only(seen: Seen) -> bool:
        others = (i for i in living(seen) if i.key != key)
        mine = (i for i in seen.instances if i.key == key and i.workload == "api")
        return seen.last_key == key and any(mine) and not any(others)

    seen = await until(world.target, service, is_only)
    return next(i for i in seen.instances if i.workload == "api" and i.key == key)


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


async def ended(target: Target, service: str) -> None:
    """Look until nothing of a service lives: whether it is still told of is the target's affair."""
    async with asyncio.timeout(PATIENCE):
        while (seen := (await snapshot(target)).get(service)) is not None and living(seen):
            await asyncio.sleep(0.1)


def living(seen: Seen) -> tuple[Instance, ...]:
    """The instances that have not exited."""
    return tuple(i for i in seen.instances if i.phase is not Phase.EXITED)


def alive(seen: Seen) -> set[str]:
    """Revisions of the instances that have not exited."""
    return {i.revision for i in living(seen)}
