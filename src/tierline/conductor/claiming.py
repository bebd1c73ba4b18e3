"""Who may write and act: wins the environment's lease and gives it back; a watch makes room for others."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from tierline.conductor.history import latest
from tierline.conductor.world import World
from tierline.errors import PermanentError, TemporaryError
from tierline.rollout.events import Command
from tierline.store.protocol import Asked
from tierline.targets.protocol import Fence, Holder, LeaseHeld

ROOM_SECONDS = 5.0
"""how long a watch has to make room"""
ASKING_SECONDS = 0.1


async def claim(world: World, holder: Holder) -> Fence:
    """Win the lease with a token that the journal accepts, also where its counter was lost."""
    fence = await world.target.claim(world.environment, holder)
    head = world.store.head(world.environment)
    last = world.store.read(world.environment, after=head - 1)
    newest = max((row.token for row in last), default=0)
    if fence.token >= newest:
        return fence
    await release(world, fence)
    return await world.target.claim(world.environment, holder, above=newest)


async def claim_over_watch(world: World, holder: Holder) -> Fence:
    """The same; if it is a watch that has the lease, it is asked to end, and does so at once.

    Raises LeaseHeld where a rollout has it, PermanentError where the watch does not make room.
    """
    try:
        return await claim(world, holder)
    except LeaseHeld as held:
        watched = _watched(world)
        if watched is None:
            raise
        refused = held
    now = world.clock.now()
    asked = Asked(0, watched, Command.MAKE_ROOM, holder.name, "", now)
    world.store.ask(world.environment, asked)
    while world.clock.now() < now + ROOM_SECONDS:
        await asyncio.sleep(ASKING_SECONDS)
        with suppress(LeaseHeld):
            return await claim(world, holder)
    pid = refused.holder.pid
    raise PermanentError(
        f"{refused.message}; it watches {watched} and did not make room within {ROOM_SECONDS:g} s",
        code="lease/held",
        fix=f"end it on {refused.holder.host}: kill {pid}; then run the same command again",
    ) from refused


async def release(world: World, fence: Fence) -> None:
    """Give the lease back even while we are being cancelled; one that cannot be runs out."""
    with suppress(TemporaryError):
        await asyncio.shield(world.target.release(fence))


def _watched(world: World) -> str | None:
    """The rollout whose watch has begun and not ended."""
    newest = latest(world.store, world.environment)
    watch = newest[1].watch if newest else None
    return newest[1].rollout if newest and watch is not None and watch.ended_at is None else None
