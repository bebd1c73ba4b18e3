"""What has to go back as things are: asks journal, plans and target for facts, the core for an answer."""

from __future__ import annotations

from collections.abc import Mapping

from tierline.conductor.history import load
from tierline.conductor.world import World
from tierline.errors import TemporaryError, TierlineError
from tierline.facts.observation import Phase, Seen
from tierline.facts.revision import ABSENT
from tierline.frozen import frozen
from tierline.plan.model import PlannedService
from tierline.rollback.codes import ARTIFACT_MISSING, DRIFT, TARGET_FLAGGED
from tierline.rollback.foresight import with_pins
from tierline.rollback.model import Pin
from tierline.rollback.solve import solve
from tierline.rollout.events import BackStep, RollbackDecided
from tierline.rollout.former import Formers, formers
from tierline.rollout.going_back import failed_of, scene_before, told
from tierline.rollout.state import State


async def decision(world: World, state: State, seen: Mapping[str, Seen]) -> RollbackDecided:
    """Which services go back now, in which order, or why none may; changes nothing.

    An artifact that is known to be gone refuses; one of which nobody can say now is tried.
    """
    return await _Facts(world, state.rollout, seen).decide(state)


@frozen
class _Facts:
    """Where facts come from: a rollout's world, and what was seen to run in it."""

    world: World
    rollout: str
    seen: Mapping[str, Seen]

    async def decide(self, state: State) -> RollbackDecided:
        """What has to go back as things are; refused where a fact cannot be had."""
        store, environment = self.world.store, self.world.environment
        known = formers(store.read(environment), self.rollout)
        before = {name: former.revision for name, former in known.good.items()}
        scene = scene_before(state, before, known.data, known.raised)
        failed = failed_of(state)
        downtime = state.back is not None and state.back.downtime
        first = solve(scene, failed, downtime=downtime)
        pins = {
            name: pins
            for name in first.services
            if name in scene.changed and (pins := await self._pins(state, name, known))
        }
        answer = solve(with_pins(scene, pins), failed, downtime=downtime)
        return told(state, answer, before, self._goals(answer.services, known))

    async def _pins(self, state: State, name: str, known: Formers) -> tuple[Pin, ...]:
        former = known.good.get(name)
        revision = former.revision if former else ABSENT
        found: list[Pin] = []
        if (name, revision) in known.bad:
            found.append(Pin(TARGET_FLAGGED, f"{name} failed at {revision[:12]}, too"))
        if not await self._available(name, revision):
            found.append(Pin(ARTIFACT_MISSING, f"{name} at {revision[:12]} is not kept any more"))
        if strange := self._strange(state, name, revision):
            found.append(Pin(DRIFT, strange))
        return tuple(found)

    def _goals(self, names: tuple[str, ...], known: Formers) -> dict[str, BackStep]:
        """What former revisions consist of: as a rollback told, or as they were planned."""
        formers = {name: known.good[name] for name in names if name in known.good}
        found = {name: one.goal for name, one in formers.items() if one.goal is not None}
        for rollout in {one.rollout for one in formers.values()}:
            for planned in self._planned(rollout):
                name, former = planned.service_id, formers.get(planned.service_id)
                if former and name not in found and planned.revision.id == former.revision:
                    found[name] = _goal(planned)
        return found

    def _planned(self, rollout: str) -> tuple[PlannedService, ...]:
        try:
            return load(self.world.store, self.world.environment, rollout)[0].services
        except TierlineError:
            return ()

    async def _available(self, name: str, revision: str) -> bool:
        try:
            return revision == ABSENT or await self.world.target.available(name, revision)
        except TemporaryError:
            return True
        except TierlineError:
            return False

    def _strange(self, state: State, name: str, revision: str) -> str:
        """What runs of it that this rollout neither started nor would bring back; "" for nothing."""
        seen = self.seen.get(name)
        wanted = {state.index.services[name].revision.id, revision}
        others = {
            one.revision
            for one in (seen.instances if seen else ())
            if one.phase is not Phase.EXITED and one.revision not in wanted
        }
        named = ", ".join(sorted(one[:12] or "unknown" for one in others))
        return f"{name} runs at {named}, which the journal knows nothing of" if others else ""


def _goal(planned: PlannedService) -> BackStep:
    owners = planned.owners + planned.outside
    return BackStep(
        planned.service_id,
        planned.revision.id,
        0,
        "",
        planned.workloads,
        planned.serves_http,
        owners,
    )
