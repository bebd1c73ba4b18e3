"""Judges what runs now, without starting or recording anything: `tierline verify`."""

from __future__ import annotations

from tierline.conductor.effects import settlement
from tierline.conductor.lookout import Lookout
from tierline.conductor.turn import Turn
from tierline.conductor.world import World
from tierline.errors import TemporaryError
from tierline.facts.observation import Accepted
from tierline.plan.model import Plan, PlannedService
from tierline.rollout.events import (
    Action,
    EffectIntended,
    Ending,
    Judged,
    RolloutEnded,
    RolloutRequested,
    ServiceJudged,
    effect_key,
)
from tierline.rollout.evolve import begin
from tierline.rollout.state import PASSED, ServiceState, State

NAME = "verify"
SLICE_SECONDS = 0.1


async def verify(world: World, plan: Plan) -> State:
    """Check every planned service at once against its planned revision; nothing is journalled.

    Returns a state that has ended: completed if all are well, held otherwise. TemporaryError where
    nothing can be observed within the time that a verification may take.
    """
    watcher = _Verifier(world, plan)
    try:
        return await watcher.run()
    finally:
        await watcher.lookout.close()


def _absent(planned: PlannedService, key: str) -> ServiceJudged:
    """Nothing starts here, so what the target does not know will not come up either."""
    message = "nothing of it runs"
    revision = planned.revision.id
    return ServiceJudged(planned.service_id, key, Judged.FAILED, revision, "boot/absent", message)


class _Verifier:
    def __init__(self, world: World, plan: Plan) -> None:
        self._world, self._plan = world, plan
        self.lookout = Lookout(world)
        self._sight = self.lookout.sight

    async def run(self) -> State:
        self.lookout.open()
        await self._first_sight()
        now = self._world.clock.now()
        turn = Turn(begin(self._plan, NAME, RolloutRequested(self._plan.digest, ""), now), now)
        for planned in self._plan.services:
            key = effect_key(NAME, planned.service_id, Action.CHECK, 1)
            revision = planned.revision.id
            turn.add(EffectIntended(key, planned.service_id, Action.CHECK, 1, revision))
            turn.add(settlement(planned.service_id, key, Accepted()))
            if planned.service_id not in self._sight.seen:
                turn.add(_absent(planned, key))
        self._follow(turn)
        while any(p.state is ServiceState.VERIFYING for p in turn.state.progress.values()):
            turn = await self._next(turn)
        return self._ended(turn)

    async def _first_sight(self) -> None:
        """Wait until the target says what there is."""
        clock, patience = self._world.clock, self._plan.rules.limits.verify_seconds
        deadline = clock.now() + patience
        while not self._sight.synced:
            if clock.now() >= deadline:
                raise TemporaryError(
                    f"the target did not say within {patience:g} s what runs",
                    code="target/silent",
                    fix="run the command again",
                )
            await self._take_in()

    async def _next(self, before: Turn) -> Turn:
        await self._take_in()
        turn = Turn(before.state, self._world.clock.now())
        turn.add_all(self.lookout.judging.due(turn.state, turn.now))
        self._follow(turn)
        return turn

    async def _take_in(self) -> None:
        for item in await self.lookout.inbox.take(SLICE_SECONDS):
            self.lookout.take_in(item)

    def _follow(self, turn: Turn) -> None:
        if turn.events:
            self._world.reporter.happened(turn.events, turn.state, turn.now)
        self.lookout.follow(turn.state, turn.touched)

    def _ended(self, turn: Turn) -> State:
        planned = turn.state.index.services
        bad = [name for name in planned if turn.state.progress[name].state not in PASSED]
        reason = f"{len(bad)} of {len(planned)} do not work" if bad else ""
        last = Turn(turn.state, turn.now)
        last.add(RolloutEnded(Ending.HELD if bad else Ending.COMPLETED, reason))
        return last.state
