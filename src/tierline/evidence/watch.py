"""Gathers evidence about one service by asking it, all kinds at once; judges nothing.

All waiting is `asyncio.sleep` and the only clock is the one handed in, so a watch runs unchanged
on virtual time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from tierline.evidence.asking import Asking, Emit, whole
from tierline.evidence.clock import Clock
from tierline.evidence.news import News
from tierline.evidence.pace import (
    AGAIN_SECONDS,
    AILING,
    BOOTING,
    CONFIRM_SECONDS,
    IDLE_SECONDS,
    REACHED,
    REACHING,
    WELL,
    Repeats,
    Spell,
    crowded,
)
from tierline.evidence.sampling import Sampling
from tierline.evidence.streaks import Streaks
from tierline.evidence.view import View
from tierline.facts.evidence import Answer, Boundary, Connection, Dependencies, Health
from tierline.facts.probe import (
    ConnectionProbe,
    ContractProbe,
    EventProbe,
    HealthProbe,
    ReadinessProbe,
    RequestProbe,
)
from tierline.policy.model import EventSource
from tierline.verification.model import Expectation

Crowd = Callable[[], int]


async def watch(
    view: View, expectation: Expectation, clock: Clock, emit: Emit, crowd: Crowd = lambda: 1
) -> None:
    """Ask for every kind of evidence that `expectation` needs, until cancelled.

    Health of each workload from now on; once one was well, `/readyz` and, for owners that it does
    not name, connections; once HTTP is served, requests until Wald's test can decide (and again and
    again, if the expectation asks for fresh evidence). Every fact
    goes to `emit` when it is known, and no slow answer of one kind holds up another. Raises nothing
    of its own: an error that is neither temporary nor permanent is a defect and ends the watch.
    `crowd` counts the services that are watched beside: one of many that is well is asked less
    often, unless the expectation asks for fresh evidence. Where the target's own word is all that
    counts, nobody is asked.
    """
    if expectation.status_only:
        return
    asking = Asking(view, expectation.service_id, clock, emit)
    watcher = _Watcher(asking, expectation, clock, crowd)
    await watcher.run()


class _Watcher:
    """The loops of one watch and the little that they tell each other."""

    def __init__(
        self, asking: Asking, expectation: Expectation, clock: Clock, crowd: Crowd
    ) -> None:
        self._asking = asking
        self._expectation = expectation
        self._clock = clock
        self._crowd = crowd
        self._up: set[str] = set()
        """workloads that were well"""
        self._renewed = 0
        """how often another instance took the place of one"""
        self._booted = asyncio.Event()
        """some workload was well"""
        self._serving = asyncio.Event()
        """HTTP is served: all workloads were well, or `/readyz` named owners"""
        self._unnamed = {owner: asyncio.Event() for owner in expectation.owners}
        """owner -> set while `/readyz` answers without naming it"""

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            for workload in self._expectation.workloads:
                group.create_task(self._health(workload))
            if self._expectation.owners:
                group.create_task(self._readiness())
                for owner in self._expectation.owners:
                    group.create_task(self._connection(owner))
            if self._expectation.serves_http:
                group.create_task(self._requests())
            if self._expectation.contract:
                group.create_task(self._contract())
            if self._expectation.bus is not None:
                group.create_task(self._events(self._expectation.bus))

    async def _health(self, workload: str) -> None:
        streaks, was_well = Streaks(), False
        spell, repeats = Spell("booting", self._clock.now()), Repeats()
        while True:
            told = whole if was_well else repeats.told
            answer = await self._asking.ask(HealthProbe(workload), told)
            if isinstance(answer, Health):
                well = answer.answer is Answer.OK and answer.instance != ""
                self._renewed += streaks.take(answer.instance, well=well)
                if well:
                    self._well(workload)
            was_well = was_well or streaks.steady
            await asyncio.sleep(self._health_pause(spell, streaks, was_well=was_well))

    def _health_pause(self, spell: Spell, streaks: Streaks, *, was_well: bool) -> float:
        now = self._clock.now()
        if streaks.steady:
            return self._calm(WELL.after(spell.age("well", now)))
        if streaks.begun:
            return CONFIRM_SECONDS
        if was_well:
            return AILING.after(spell.age("ailing", now))
        return BOOTING.after(spell.age("booting", now))

    def _well(self, workload: str) -> None:
        self._up.add(workload)
        self._booted.set()
        if len(self._up) == len(self._expectation.workloads):
            self._serving.set()

    async def _readiness(self) -> None:
        await self._booted.wait()
        spell = Spell("asking", self._clock.now())
        while True:
            answer = await self._asking.ask(ReadinessProbe())
            reached = False
            if isinstance(answer, Dependencies):
                if answer.instance and answer.owners:
                    self._serving.set()
                for owner, unnamed in self._unnamed.items():
                    (unnamed.clear if owner in answer.owners else unnamed.set)()
                reached = all(answer.owners.get(owner) for owner in self._unnamed)
            await asyncio.sleep(self._reach_pause(spell, reached=reached))

    async def _connection(self, owner: str) -> None:
        """Try the connection while `/readyz` does not name the owner."""
        spell = Spell("asking", self._clock.now())
        while True:
            await self._unnamed[owner].wait()
            answer = await self._asking.ask(ConnectionProbe(owner))
            reached = isinstance(answer, Connection) and answer.answer is Answer.OK
            await asyncio.sleep(self._reach_pause(spell, reached=reached))

    def _reach_pause(self, spell: Spell, *, reached: bool) -> float:
        age = spell.age("reached" if reached else "asking", self._clock.now())
        return self._calm(REACHED.after(age)) if reached else REACHING.after(age)

    def _calm(self, pause: float) -> float:
        """The pause where nothing new is expected."""
        return pause if self._expectation.fresh is not None else crowded(pause, self._crowd())

    async def _contract(self) -> None:
        """Hold answers against the contract once for each instance, and again while watched."""
        await self._serving.wait()
        again = self._expectation.fresh is not None
        held, at = -1, self._clock.now()
        while True:
            now = self._clock.now()
            if held != self._renewed or (again and now - at >= AGAIN_SECONDS):
                held, at = self._renewed, now
                fact = await self._asking.ask(ContractProbe())
                if not isinstance(fact, Boundary):
                    held = -1
            await asyncio.sleep(self._calm(IDLE_SECONDS))

    async def _events(self, bus: EventSource) -> None:
        """Look at what it has published, again and again; tell what is new."""
        await self._serving.wait()
        probe, news = EventProbe(bus.service, bus.kind), News()
        spell = Spell("serving", self._clock.now())
        while True:
            await self._asking.ask(probe, news.told)
            age = spell.age("serving", self._clock.now())
            await asyncio.sleep(self._calm(WELL.after(age)))

    async def _requests(self) -> None:
        """Sample requests of the current instance, as many as its tests need, then of its successor."""
        await self._serving.wait()
        again = self._expectation.fresh is not None
        sampling = Sampling(self._expectation.limits, again=again)
        renewed = self._renewed
        spell = Spell("asking", self._clock.now())
        while True:
            if self._renewed != renewed:
                renewed = self._renewed
                sampling.renew()
            count = sampling.missing(self._clock.now())
            if count == 0:
                await asyncio.sleep(self._calm(IDLE_SECONDS))
                continue
            before = sampling.total
            await self._asking.ask(RequestProbe(count), sampling.told)
            if sampling.total <= before:
                await asyncio.sleep(REACHING.after(spell.age("asking", self._clock.now())))
