"""Plays a script to its end: conductors come and go, the world and the journal stay."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field

from simulation.clocks import AheadClock, AheadTarget
from simulation.going_back import remember
from simulation.mortal import Disk, Fuse, Killed, MortalStore
from simulation.scripts import Script
from simulation.views import FaultyView
from tierline.conductor.loop import Conductor
from tierline.conductor.reporter import Reporter
from tierline.conductor.virtual import VirtualClock, run_virtually
from tierline.conductor.world import World as Wiring
from tierline.errors import LeaseLost
from tierline.facts.instant import Instant
from tierline.rollout.events import Command, CommandAccepted, LeaseAcquired, RolloutRequested
from tierline.rollout.evolve import fold
from tierline.rollout.state import State, Status
from tierline.store.protocol import Asked, Entry
from tierline.targets.protocol import Fence, Holder, LeaseHeld
from tierline.targets.simulated.world import Done, Run, World

ENVIRONMENT, ROLLOUT = "local", "R-1"
BOUND_SECONDS = 600.0
"""virtual time in which every rollout must have ended"""
FIRST_ASK_SECONDS = 1.0
"""after how long on the true clock the first second of the script's people begins"""
BEFORE = "before/"
"""with this begin the keys of what ran before the rollout"""


@dataclass
class Watcher(Reporter):
    """Writes down from when to when the conductor that now conducts could not see."""

    clock: VirtualClock
    """the true one"""
    blind: list[tuple[Instant, Instant]] = field(default_factory=list[tuple[Instant, Instant]])
    since: Instant | None = None

    def lost_sight(self, reason: str) -> None:
        self.since = self.clock.now()

    def in_sight(self) -> None:
        if self.since is not None:
            self.blind.append((self.since, self.clock.now()))
            self.since = None


@dataclass
class Played:
    """What is left when all is over."""

    script: Script
    world: World
    store: Disk
    state: State
    seconds: float
    blind: list[tuple[Instant, Instant]]
    ahead: dict[int, float]
    """token -> by how much the clock of who held that lease was ahead of the true one"""

    @property
    def starts(self) -> list[Run]:
        """What was started by the rollout, on its way forward."""
        forward = (run for run in self.world.starts if "/apply/" in run.key)
        return [run for run in forward if not run.key.startswith(BEFORE)]

    @property
    def done(self) -> list[Done]:
        """Effects of the rollout that took hold."""
        return [effect for effect in self.world.done if not effect.key.startswith(BEFORE)]


def _resume_of(seen: State, now: Instant) -> Asked:
    """What somebody asks who saw the rollout wait at a checkpoint."""
    return Asked(0, ROLLOUT, Command.RESUME, "eve", "", now, seen.waits_at)


def play(script: Script, world: type[World] = World) -> Played:
    """The whole run, on virtual time, or as much of it as happened in BOUND_SECONDS."""
    return run_virtually(_Stage(script, world).play())


class _Stage:
    def __init__(self, script: Script, world: type[World]) -> None:
        self.script = script
        self.clock = VirtualClock()
        self.store = Disk()
        services = script.plan.services
        workloads = {service.service_id: service.workloads for service in services}
        self.world = world(self.clock.now, script.behaviours, workloads)
        self.owners = {s.service_id: s.owners + s.outside for s in services}
        self.view = FaultyView(script.view, script.seed)
        self.frozen: list[tuple[Fuse, asyncio.Task[State | None]]] = []
        self.blind: list[tuple[Instant, Instant]] = []
        self.resumes = script.resumes
        self.backs = list(script.backs)
        self.ahead: dict[int, float] = {}

    async def play(self) -> Played:
        began = self.clock.now()
        self._before()
        await asyncio.sleep(FIRST_ASK_SECONDS)
        people = [asyncio.create_task(work) for work in (self._people(), self._passer())]
        with suppress(TimeoutError):
            async with asyncio.timeout(BOUND_SECONDS):
                await self._conductors()
        for person in people:
            person.cancel()
        await self._wake_the_frozen()
        state = fold(self.script.plan, self.store.read(ENVIRONMENT, ROLLOUT))
        assert state is not None
        seconds = self.clock.now() - began
        return Played(self.script, self.world, self.store, state, seconds, self.blind, self.ahead)

    def _before(self) -> None:
        revisions = {s.service_id: s.revision.id for s in self.script.plan.services}
        running = dict.fromkeys(self.script.plan.outside, "whatever")
        running |= dict.fromkeys(self.script.outdated, "an older one")
        running |= {name: revisions[name] for name in self.script.unchanged}
        past = self.script.past
        if past is not None:
            running |= past.former
            remember(self.store, ENVIRONMENT, self.script.plan, past, self.clock.now())
            self.store.returned(self.store.head(ENVIRONMENT), self.clock.now())
        for name, revision in running.items():
            self.world.apply(name, revision, f"{BEFORE}{name}/apply/1", 0)

    async def _people(self) -> None:
        for at, command in self.script.asks:
            due = at + FIRST_ASK_SECONDS
            await asyncio.sleep(max(0.0, due - asyncio.get_running_loop().time()))
            now = self.clock.now()
            self.store.ask(ENVIRONMENT, Asked(0, ROLLOUT, command, "ada", "because", now))

    async def _passer(self) -> None:
        """Somebody who lets a rollout pass its checkpoints."""
        while True:
            await asyncio.sleep(self.script.looks_every)
            state = fold(self.script.plan, self.store.read(ENVIRONMENT, ROLLOUT))
            if state is not None and state.status is Status.RUNNING and state.waits_at:
                now = self.clock.now()
                self.store.ask(ENVIRONMENT, _resume_of(state, now))

    async def _conductors(self) -> None:
        """One after the other, until the rollout is over and nobody wants it resumed."""
        deaths = [*self.script.kills, *([None] * 50)]
        freezes = [*self.script.freezes, *([None] * 50)]
        for number, (kill_at, freeze_at) in enumerate(zip(deaths, freezes, strict=False)):
            state = await self._one_conductor(number, Fuse(kill_at, freeze_at))
            if state is None:
                if self.script.back_at_death and not self.frozen:
                    self._go_back()
                continue
            if self.backs and state.status in {Status.HELD, Status.COMPLETED}:
                self._go_back()
                continue
            if state.status is not Status.HELD or not self.resumes:
                return
            self.resumes -= 1
            self._resume(state)
        raise AssertionError("fifty conductors were not enough")

    def _resume(self, state: State) -> None:
        """What `tierline resume` writes before a conductor goes on."""
        self._write(CommandAccepted(0, Command.RESUME, "ada", passes=state.waits_at))

    def _go_back(self) -> None:
        """What `tierline rollback` writes before a conductor goes on, but where one goes back already."""
        rows = self.store.read(ENVIRONMENT, ROLLOUT)
        state = fold(self.script.plan, rows)
        if self.backs and state is not None and state.status is not Status.ROLLING_BACK:
            self._write(self.backs.pop(0))

    def _write(self, asked: CommandAccepted) -> None:
        fence = self.world.claim(Holder("asker", "here", "boot", 99, 0))
        clock = self._clock(0.0)
        self.ahead[fence.token] = clock.ahead
        events = [LeaseAcquired("asker", fence.token), asked]
        entry = Entry(ROLLOUT, fence.token, clock.now(), events)
        self.store.append(ENVIRONMENT, self.store.head(ENVIRONMENT), entry)
        self.world.release(fence)

    def _clock(self, ahead: float) -> AheadClock:
        newest = max((row.at for row in self.store.read(ENVIRONMENT)), default=0.0)
        return AheadClock(self.clock, ahead, newest)

    async def _one_conductor(self, number: int, fuse: Fuse) -> State | None:
        holder = Holder(f"conductor-{number}", "here", "boot", number, 0)
        clocks = self.script.clocks
        clock = self._clock(clocks[number % len(clocks)])
        target = AheadTarget(self.world, self.owners, self.view)
        target.fuse, target.clock = fuse, clock
        target.vanishes = self.script.past.vanishes if self.script.past else frozenset()
        watcher = Watcher(self.clock)
        store = MortalStore(self.store, fuse, self.clock, self.script.commit_seconds)
        try:
            fence = await target.claim(ENVIRONMENT, holder)
        except LeaseHeld as held:
            await asyncio.sleep(held.until - self.clock.now())
            return None
        self.ahead[fence.token] = clock.ahead
        wiring = Wiring(ENVIRONMENT, store, target, clock, watcher)
        run = asyncio.create_task(self._run(wiring, fence))
        stopped = asyncio.create_task(fuse.frozen.wait())
        try:
            await asyncio.wait({run, stopped}, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            run.cancel()
            with suppress(asyncio.CancelledError):
                await run
            raise
        finally:
            stopped.cancel()
            watcher.in_sight()
            self.blind += watcher.blind
        if not run.done():
            self.frozen.append((fuse, run))
            return None
        state = run.result()
        if state is None:
            self.world.dead.add(holder)
        else:
            await target.release(fence)
        return state

    async def _run(self, wiring: Wiring, fence: Fence) -> State | None:
        """None where the conductor was killed."""
        conductor = Conductor(wiring, fence, ROLLOUT, self.script.plan)
        plan, unchanged = self.script.plan, self.script.unchanged
        with suppress(Killed):
            return await conductor.run(RolloutRequested(plan.digest, "ada", unchanged))
        return None

    async def _wake_the_frozen(self) -> None:
        """A conductor that was stopped past its lease tries to go on, after all is over."""
        for fuse, run in self.frozen:
            fuse.thawed.set()
            with suppress(LeaseLost):
                await run
        await asyncio.sleep(5.0)
