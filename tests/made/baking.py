"""A rollout that has completed on a simulated world, and a watch over it to whose services things happen."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace

from made.conducting import Place, holder, plan_for
from tierline.conductor.virtual import run_virtually
from tierline.conductor.watch import Watcher, watch
from tierline.facts.decision import Severity
from tierline.plan.digest import sealed
from tierline.plan.model import Plan
from tierline.policy.model import Demand, WatchLimits
from tierline.rollout.state import State, Status

LIMITS = WatchLimits(watch_seconds=60.0, sustained_seconds=10.0, silence_seconds=20.0)
OWNERS = {"M01": (), "M02": ("M01",), "M03": ("M02",), "M04": ()}
"""M03 reads of M02, M02 of M01; M04 stands alone"""

Step = tuple[float, Callable[["Baking"], None]]


class Baking:
    """One environment in which OWNERS run, verified."""

    def __init__(self, demands: Demand = Demand.OFF) -> None:
        self.place = Place(owners=OWNERS)
        self.plan = _asking(plan_for(OWNERS), demands)
        self.watcher: Watcher | None = None
        self.freed = False

    async def release(self) -> None:
        """Roll everything out."""
        state = await self.place.carry(self.plan)
        assert state.status is Status.COMPLETED

    async def watch(
        self, steps: Sequence[Step] = (), limits: WatchLimits = LIMITS, by: str = "ada"
    ) -> State:
        """Watch; each step is a change so many seconds after the watch began."""
        loop = asyncio.get_running_loop()
        for at, change in steps:
            loop.call_later(at, change, self)
        state = await watch(self.place.wired(), holder(by), limits, self._started)
        self.freed = self.place.free
        return state

    def _started(self, watcher: Watcher) -> None:
        self.watcher = watcher

    def alter(self, service_id: str, **behaviour: object) -> None:
        """From now on the service behaves otherwise."""
        world = self.place.world
        run = world.runs[service_id]
        changed = replace(run.behaviour, **behaviour)  # type: ignore[arg-type] # fields by name
        world.runs[service_id] = replace(run, behaviour=changed)
        world.changed(service_id)


def _asking(plan: Plan, demand: Demand) -> Plan:
    signals = dict.fromkeys(("logs", "metrics", "traces"), demand)
    return sealed(replace(plan, rules=replace(plan.rules, signals=signals)))


def altering(at: float, service_id: str, **behaviour: object) -> Step:
    """A step: the service behaves otherwise."""
    return at, lambda baking: baking.alter(service_id, **behaviour)


def pausing(at: float, seconds: float, service_id: str) -> tuple[Step, Step]:
    """Steps: the service answers nothing for so long."""
    return (
        altering(at, service_id, healthy_after=None),
        altering(at + seconds, service_id, healthy_after=0.0),
    )


async def passes(seconds: float) -> None:
    """So much virtual time."""
    await asyncio.sleep(seconds)


def watched(
    *steps: Step, demands: Demand = Demand.OFF, limits: WatchLimits = LIMITS
) -> tuple[Baking, State]:
    """A rollout and a watch over it, to the end."""

    async def run() -> tuple[Baking, State]:
        baking = Baking(demands)
        await baking.release()
        return baking, await baking.watch(steps, limits)

    return run_virtually(run())


def spells(state: State) -> list[tuple[str, float, float | None, Severity, str]]:
    """(service, from, to, severity, code) of every degradation, in whole seconds of the watch."""
    assert state.watch is not None
    begin = state.watch.began_at
    return [
        (
            one.service_id,
            round(one.since - begin),
            None if one.until is None else round(one.until - begin),
            one.severity,
            one.code,
        )
        for one in state.watch.spells
    ]
