"""A process that is stopped does nothing at all, also where it works beside its journal."""

from __future__ import annotations

import asyncio
from typing import Any

from simulation.mortal import Disk, Fuse, MortalStore, MortalTarget
from simulation.views import FaultyView, ViewFaults
from tierline.conductor.virtual import VirtualClock, run_virtually
from tierline.facts.probe import HealthProbe
from tierline.rollout.events import Command
from tierline.store.protocol import Asked
from tierline.targets.simulated.world import World


def test_who_is_stopped_asks_and_hears_nothing_until_it_wakes_up() -> None:
    run_virtually(_stopped_and_woken())


async def _stopped_and_woken() -> None:
    clock, fuse = VirtualClock(), Fuse(None, 0)
    world = World(clock.now)
    target = MortalTarget(world, {}, FaultyView(ViewFaults(), 0))
    target.fuse = fuse
    store = MortalStore(Disk(), fuse, clock, 0.0)
    store.ask("local", Asked(0, "R-1", Command.HOLD, "ada", "", clock.now()))
    world.apply("A", "1", "R-1/A/apply/1", 1)
    writing = asyncio.create_task(store.commit("local", 0))
    await fuse.frozen.wait()
    asking = asyncio.create_task(target.probe("A", HealthProbe("api")))
    looking = asyncio.ensure_future(anext(target.observe()))
    hearing = asyncio.ensure_future(anext(target.signals()))
    everything: list[asyncio.Future[Any]] = [writing, asking, looking, hearing]
    await asyncio.sleep(60.0)
    assert not any(task.done() for task in everything)
    assert (world.health_asked, store.asked("local", 0)) == ({}, ())
    fuse.thawed.set()
    await asyncio.gather(*everything)
    assert (world.health_asked, len(store.asked("local", 0))) == ({"A": 1}, 1)
