"""Who may write and act: wins the environment's lease and gives it back; a watch makes room for others."""

from __future__ import annotations

import asyncio
import datetime as dt
from contextlib import suppress

from tierline.conductor.history import latest
from tierline.conductor.world import World
from tierline.errors import LeaseLost, PermanentError, TemporaryError
from tierline.rollout.events import Command, LeaseAcquired, Recorded
from tierline.store.protocol import Asked
from tierline.targets.protocol import Fence, Holder, LeaseHeld

ROOM_SECONDS = 5.0
"""how long a watch has to make room"""
ASKING_SECONDS = 0.1


async def claim(world: World, holder: Holder) -> Fence:
    """Win the lease with a token that the journal accepts, also where its counter was lost.

    Raises LeaseHeld, with the rollout that its holder conducts where the journal knows it.
    """
    try:
        fence = await world.target.claim(world.environment, holder)
    except LeaseHeld as held:
        row = _taken_with(world, held.token)
        raise (held.conducting(row.rollout) if row and row.token == held.token else held) from None
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


def lost(world: World, fence: Fence, rollout: str, error: LeaseLost) -> LeaseLost:
    """What is to be said at the end of a conductor: to whom the lease went, and when.

    `error` itself where the journal knows of nobody who came after `fence`.
    """
    row = _taken_with(world, fence.token + 1)
    if row is None or row.token <= fence.token or not isinstance(row.event, LeaseAcquired):
        return error
    at = dt.datetime.fromtimestamp(row.at, dt.UTC)
    goes_on = "it goes on there" if row.rollout == rollout else f"{row.rollout} is conducted there"
    return LeaseLost(
        f"{rollout}: the lease of {world.environment} was lost to {row.event.holder}"
        f" at {at:%Y-%m-%d %H:%M:%S} UTC; {goes_on}, and nothing more is done here",
        code="lease/lost",
        fix="see tierline status; what runs goes on running",
    )


def _watched(world: World) -> str | None:
    """The rollout whose watch has begun and not ended."""
    newest = latest(world.store, world.environment)
    watch = newest[1].watch if newest else None
    return newest[1].rollout if newest and watch is not None and watch.ended_at is None else None


def _taken_with(world: World, token: int) -> Recorded | None:
    """The newest row in which somebody took the lease with this token or a higher one."""
    newest = None
    with suppress(PermanentError, TemporaryError):
        for row in world.store.read(world.environment):
            if isinstance(row.event, LeaseAcquired) and row.token >= token:
                newest = row
    return newest
