"""Rolls a rollout back because a person asks for it, or says what that would do."""

from __future__ import annotations

from tierline.conductor.answering import decision
from tierline.conductor.carry_out import OnConductor, append, conduct
from tierline.conductor.claiming import claim, release
from tierline.conductor.history import OPEN, latest
from tierline.conductor.look import Look, look
from tierline.conductor.world import World
from tierline.errors import PermanentError
from tierline.frozen import frozen
from tierline.plan.model import Plan
from tierline.rollout.events import CommandAccepted, RollbackDecided, RolloutRequested
from tierline.rollout.evolve import evolve
from tierline.rollout.state import State, Status
from tierline.targets.protocol import Holder


@frozen
class Prospect:
    """What a rollback would do, decided by what is known and seen now; nothing was changed."""

    state: State
    decided: RollbackDecided


async def prospect(world: World, rollout: str, asked: CommandAccepted, *, runs: bool) -> Prospect:
    """What `asked` would bring. `runs`: whether anything may run that could be looked at.

    PermanentError for a rollout that cannot be rolled back at all.
    """
    _, state = _rollable(world, rollout)
    if state.status is not Status.ROLLING_BACK:
        state = evolve(state, asked, world.clock.now())
    seen = await look(world.target, ()) if runs else Look()
    return Prospect(state, await decision(world, state, seen.seen))


async def roll_back(
    world: World, holder: Holder, rollout: str, asked: CommandAccepted, started: OnConductor
) -> State:
    """Bring the least safe set of a rollout back, whether it is held, was interrupted or completed.

    One that is rolling back already goes on. PermanentError for one that was given up or is not
    the newest: somebody else's changes came after it.
    """
    fence = await claim(world, holder)
    try:
        plan, state = _rollable(world, rollout)
        if state.status is not Status.ROLLING_BACK:
            append(world, fence, rollout, asked)
        requested = RolloutRequested(plan.digest, asked.by)
        return await conduct(world, fence, rollout, plan, requested, started)
    finally:
        await release(world, fence)


def _rollable(world: World, rollout: str) -> tuple[Plan, State]:
    newest = latest(world.store, world.environment)
    if newest is None or newest[1].rollout != rollout:
        name = newest[1].rollout if newest else ""
        raise PermanentError(
            f"{rollout} cannot be rolled back: {name} came after it",
            code="rollout/not-newest",
            fix=f"roll back {name}, or release the former sources",
        )
    if newest[1].status not in OPEN | {Status.COMPLETED}:
        raise PermanentError(
            f"{rollout} is {newest[1].status}: there is nothing to roll back",
            code="rollout/over",
            fix="release the former sources: tierline rollout",
        )
    return newest
