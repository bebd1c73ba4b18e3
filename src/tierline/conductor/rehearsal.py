"""A rollout rehearsed: the real conductor on a simulated world and virtual time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tierline.conductor.carry_out import Request, carry_out
from tierline.conductor.lease import this_holder
from tierline.conductor.look import Look
from tierline.conductor.reporter import Reporter
from tierline.conductor.virtual import VirtualClock, run_virtually
from tierline.conductor.world import World
from tierline.facts.instant import Instant
from tierline.plan.model import Plan
from tierline.rollout.events import CheckpointReached, Command, Event
from tierline.rollout.state import State
from tierline.store.memory import MemoryStore
from tierline.store.protocol import Asked, Store
from tierline.targets.simulated.behaviour import Behaviour
from tierline.targets.simulated.target import SimulatedTarget
from tierline.targets.simulated.world import World as SimulatedWorld

Behaviours = Mapping[str, tuple[Behaviour, ...]]


class _Passing(Reporter):
    """Somebody who lets a rollout pass every checkpoint at once: a rehearsal waits for nobody."""

    def __init__(self, store: Store, by: str) -> None:
        self._store = store
        self._by = by

    def happened(self, events: Sequence[Event], state: State, at: Instant) -> None:
        if any(isinstance(event, CheckpointReached) for event in events):
            asked = Asked(
                0, state.rollout, Command.RESUME, self._by, "a rehearsal", at, state.waits_at
            )
            self._store.ask(state.plan.environment, asked)


def rehearsal(plan: Plan, behaviours: Behaviours, by: str, at: Instant) -> State:
    """The state that a rollout begun at `at` would end in if services behaved so.

    Owners outside the plan are taken to run well.
    """
    return run_virtually(_rehearsed(plan, behaviours, by, at))


async def _rehearsed(plan: Plan, behaviours: Behaviours, by: str, at: Instant) -> State:
    clock = VirtualClock(at)
    simulated = SimulatedWorld(
        now=clock.now,
        behaviours=behaviours,
        workloads={planned.service_id: planned.workloads for planned in plan.services},
    )
    for owner, revision in plan.outside.items():
        simulated.apply(owner, revision, f"before/{owner}/apply/1", 0)
    owners = {planned.service_id: planned.owners + planned.outside for planned in plan.services}
    target = SimulatedTarget(simulated, owners)
    store = MemoryStore()
    world = World(plan.environment, store, target, clock, _Passing(store, by))
    return await carry_out(world, this_holder(by), Request(plan, by), Look(), lambda _: None)
