"""Plays a script to its end: conductors come and go, the world and the journal stay."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from simulation.mortal import Fuse, Killed, MortalStore, MortalTarget
from simulation.scripts import Script
from tierline.conductor.loop import Conductor
from tierline.conductor.reporter import Reporter
from tierline.conductor.virtual import VirtualClock, run_virtually
from tierline.conductor.world import World as Wiring
from tierline.errors import LeaseLost
from tierline.facts.instant import Instant
from tierline.rollout.events import RolloutRequested
from tierline.rollout.state import State
from tierline.store.memory import MemoryStore
from tierline.targets.protocol import Holder, LeaseHeld
from tierline.targets.simulated.behaviour import Behaviour
from tierline.targets.simulated.world import World

ENVIRONMENT, ROLLOUT = "local", "R-1"
BOUND_SECONDS = 3600.0
"""virtual time in which every rollout must have ended"""


@dataclass
class Played:
    """What is left when all is over."""

    script: Script
    world: World
    store: MemoryStore
    state: State
    seconds: float


def play(script: Script) -> Played:
    """The whole run, on virtual time; raises TimeoutError when it does not end."""
    return run_virtually(_bounded(script))


async def _bounded(script: Script) -> Played:
    async with asyncio.timeout(BOUND_SECONDS):
        return await _Stage(script).play()


class _Stage:
    def __init__(self, script: Script) -> None:
        self.script = script
        self.clock = VirtualClock()
        self.store = MemoryStore()
        self.world = World(now=self.clock.now, behaviours=script.behaviours)
        planned = {service.service_id: service for service in script.plan.services}
        self.owners = {name: s.owners + s.outside for name, s in planned.items()}
        self.frozen: list[tuple[Fuse, asyncio.Task[State]]] = []

    async def play(self) -> Played:
        began = self.clock.now()
        for owner in self.script.plan.outside:
            self.world.apply(owner, "whatever", f"before/{owner}/apply/1", 0)
        self.world.starts.clear()
        self.world.done.clear()
        await asyncio.sleep(1.0)
        deaths = [*self.script.kills, *([None] * 50)]
        freezes = [*self.script.freezes, *([None] * 50)]
        for number, (kill_at, freeze_at) in enumerate(zip(deaths, freezes, strict=False)):
            state = await self._one_conductor(number, Fuse(kill_at, freeze_at))
            if state is not None:
                return await self._wake_the_frozen(state, began)
        raise AssertionError("fifty conductors were not enough")

    async def _one_conductor(self, number: int, fuse: Fuse) -> State | None:
        holder = Holder(f"conductor-{number}", "here", "boot", number, 0.0)
        target = MortalTarget(self.world, self.owners)
        target.fuse = fuse
        wiring = Wiring(
            ENVIRONMENT, MortalStore(self.store, fuse), target, self.clock, Reporter()
        )
        try:
            fence = await target.claim(ENVIRONMENT, holder)
        except LeaseHeld as held:
            await asyncio.sleep(held.until - self.clock.now())
            return None
        conductor = Conductor(wiring, fence, ROLLOUT, self.script.plan)
        run = asyncio.create_task(
            _mortal(conductor.run(RolloutRequested(self.script.plan.digest, "ada")))
        )
        stopped = asyncio.create_task(fuse.frozen.wait())
        await asyncio.wait({run, stopped}, return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        if run.done():
            state = run.result()
            if state is None:
                self.world.dead.add(holder)
            return state
        self.frozen.append((fuse, run))
        return None

    async def _wake_the_frozen(self, state: State, began: Instant) -> Played:
        """A conductor that was stopped past its lease tries to go on, after all is over."""
        for fuse, run in self.frozen:
            fuse.thawed.set()
            try:
                await run
            except LeaseLost:
                pass
        await asyncio.sleep(5.0)
        seconds = self.clock.now() - began
        return Played(self.script, self.world, self.store, state, seconds)


async def _mortal(run) -> State | None:
    try:
        return await run
    except Killed:
        return None


__all__ = ["Behaviour", "Played", "play"]
