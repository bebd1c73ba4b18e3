"""Carries a plan out from beginning to end, or goes on with one that was interrupted.

Decides who may: one rollout owns an environment at a time, and one conductor a rollout.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from tierline.conductor.claiming import claim, claim_over_watch, lost, release
from tierline.conductor.history import OPEN, latest, load, past_of
from tierline.conductor.issues import keep_issues
from tierline.conductor.look import Look
from tierline.conductor.loop import INTERRUPTED, Conductor
from tierline.conductor.past import NOTHING, Past
from tierline.conductor.world import World
from tierline.errors import LeaseLost, PermanentError
from tierline.facts.origin import NOWHERE, Origin
from tierline.frozen import frozen
from tierline.plan.admission import Admission
from tierline.plan.document import to_json
from tierline.plan.model import Plan
from tierline.plan.moved import moved
from tierline.rollout.events import (
    Command,
    CommandAccepted,
    Ending,
    LeaseAcquired,
    RolloutEnded,
    RolloutRequested,
)
from tierline.rollout.evolve import begin
from tierline.rollout.state import State, Status
from tierline.store.protocol import Asked, Entry
from tierline.targets.protocol import Fence, Holder


class Occupied(PermanentError):  # noqa: N818 - a fact about the environment, not a mistake
    """Another rollout owns the environment."""


_ORDINARY = Admission()


@frozen
class Request:
    """Who wants which plan carried out, which rollout it takes over ("" for none), why it may.

    `past` is what the journal held when the plan was made, so that only what came since is read.
    `origin` says where the files come from.
    """

    plan: Plan
    by: str
    supersedes: str = ""
    admission: Admission = _ORDINARY
    past: Past = NOTHING
    origin: Origin = NOWHERE


OnConductor = Callable[[Conductor], None]


async def carry_out(
    world: World, holder: Holder, request: Request, look: Look, started: OnConductor
) -> State:
    """Run a plan under the environment's lease and return the state it ends in.

    An interrupted rollout of the same plan goes on, also one that a signal was holding as it left. Raises Occupied where another rollout owns
    the environment, LeaseHeld where another conductor does. `started` gets the conductor, so that
    a signal can reach it.
    """
    fence = await claim_over_watch(world, holder)
    try:
        begun = _take_over_or_go_on(world, fence, request)
        plan, rollout = begun or (request.plan, _new_id(world, fence))
        if begun is None:
            world.store.renew_plan(plan.digest, to_json(plan))
        requested = RolloutRequested(
            plan_digest=request.plan.digest,
            requested_by=request.by,
            unchanged=_unchanged(world, request, look),
            supersedes=request.supersedes,
            approvals=request.admission.approvals,
            break_glass=request.admission.break_glass,
            passed=request.admission.passed,
            commit=request.origin.commit,
            contracts=request.origin.contracts,
            uncommitted=request.origin.uncommitted,
        )
        if begun is None:
            began = begin(plan, rollout, requested, world.clock.now())
            keep_issues(world.store, world.environment, began)
        return await conduct(world, fence, rollout, plan, requested, started)
    finally:
        await release(world, fence)


async def resume(
    world: World, holder: Holder, rollout: str, by: str, started: OnConductor
) -> State:
    """Go on with a held or interrupted rollout: what failed is tried again under the same plan.

    What people asked for before this and nobody took up is overtaken by it.
    """
    fence = await claim(world, holder)
    try:
        plan, state = _open(world, rollout)
        earlier = world.store.asked(world.environment, state.last_command)
        newest = earlier[-1].command_id if earlier else 0
        if newest or state.waits_at or state.status is not Status.RUNNING:
            asked = CommandAccepted(newest, Command.RESUME, by, passes=state.waits_at)
            append(world, fence, rollout, asked)
        requested = RolloutRequested(plan.digest, by)
        return await conduct(world, fence, rollout, plan, requested, started)
    finally:
        await release(world, fence)


async def abort(world: World, holder: Holder, rollout: str, asked: Asked) -> None:
    """End a rollout that nobody conducts; the environment is free afterwards."""
    fence = await claim(world, holder)
    try:
        _open(world, rollout)
        ended = RolloutEnded(Ending.ABORTED, asked.reason or f"aborted by {asked.by}")
        by = CommandAccepted(0, Command.ABORT, asked.by, asked.reason)
        append(world, fence, rollout, by, ended)
    finally:
        await release(world, fence)


async def hold(world: World, holder: Holder, rollout: str, asked: Asked) -> None:
    """Hold an interrupted rollout that nobody conducts, until somebody resumes it."""
    fence = await claim(world, holder)
    try:
        _, state = _open(world, rollout)
        if state.status in {Status.RUNNING, Status.HOLDING, Status.ROLLING_BACK}:
            ended = RolloutEnded(Ending.HELD, asked.reason or f"held by {asked.by}")
            by = CommandAccepted(0, Command.HOLD, asked.by, asked.reason)
            append(world, fence, rollout, by, ended)
    finally:
        await release(world, fence)


def _open(world: World, rollout: str) -> tuple[Plan, State]:
    """A rollout that owns its environment; PermanentError for one that is over."""
    plan, state = load(world.store, world.environment, rollout)
    if state.status not in OPEN:
        raise PermanentError(
            f"{rollout} is {state.status}: there is nothing to go on with",
            code="rollout/over",
            fix="start a new one: tierline rollout",
        )
    return plan, state


def _take_over_or_go_on(world: World, fence: Fence, request: Request) -> tuple[Plan, str] | None:
    """The rollout to go on with, and its plan as it began; None to begin a new one. Raises Occupied.

    A plan that is made on the way has the same digest, and knows the past only from there on.
    """
    newest = latest(world.store, world.environment)
    if newest is None:
        return None
    plan, state = newest
    keep_issues(world.store, world.environment, state)
    if state.status not in OPEN:
        return None
    if request.supersedes == state.rollout:
        ended = RolloutEnded(Ending.SUPERSEDED, f"superseded by plan {request.plan.digest[:12]}")
        by = CommandAccepted(0, Command.SUPERSEDE, request.by)
        append(world, fence, state.rollout, by, ended)
        return None
    if state.status is Status.HELD:
        raise Occupied(
            f"{state.rollout} owns {world.environment}: it is held ({state.reason})",
            code="rollout/occupied",
            fix=f"tierline resume, or tierline rollout --supersedes {state.rollout}, "
            "or tierline abort",
        )
    if plan.digest == request.plan.digest:
        _refuse_silent_break(state, request.admission)
        if state.status is Status.HOLDING and state.reason == INTERRUPTED:
            append(world, fence, state.rollout, CommandAccepted(0, Command.RESUME, request.by))
        return plan, state.rollout
    changes = moved(plan, request.plan)
    shown = "; ".join(changes[:5]) or "another selection"
    raise Occupied(
        f"{state.rollout} was interrupted and its plan is not this one: {shown}",
        code="rollout/moved",
        fix=f"tierline rollout --supersedes {state.rollout} to take it over, or tierline abort",
    )


def _refuse_silent_break(state: State, admission: Admission) -> None:
    """What began by the rules does not go on past them: its journal would say that it is GO."""
    if admission.break_glass and not state.requested.break_glass:
        raise Occupied(
            f"{state.rollout} began without --break-glass, and would not tell what is passed now",
            code="rollout/began-whole",
            fix=f"take it over with a rollout that tells: add --supersedes {state.rollout}",
        )


async def conduct(
    world: World,
    fence: Fence,
    rollout: str,
    plan: Plan,
    requested: RolloutRequested,
    started: OnConductor,
) -> State:
    """Run a conductor to the end of its rollout, under a lease that was won; keep what it leaves open."""
    conductor = Conductor(world, fence, rollout, plan)
    started(conductor)
    try:
        state = await conductor.run(requested)
    except LeaseLost as error:
        raise lost(world, fence, rollout, error) from error
    keep_issues(world.store, world.environment, state)
    return state


def _unchanged(world: World, request: Request, look: Look) -> tuple[str, ...]:
    """Services that run the planned revision and were last verified at it, in this environment."""
    verified = past_of(world.store, world.environment, request.past).verified
    return tuple(
        planned.service_id
        for planned in request.plan.services
        if look.running(planned.service_id) == planned.revision.id
        and verified.get(planned.service_id) == planned.revision.id
    )


def _new_id(world: World, fence: Fence) -> str:
    """`R-<day>-<n>`: n is the token of the lease that it begins under.

    The environment counts leases where it also remembers keys. So a journal that was moved away or
    restored does not bring keys back that the environment has seen already.
    """
    day = dt.datetime.fromtimestamp(world.clock.now(), dt.UTC).strftime("%Y%m%d")
    return f"R-{day}-{fence.token}"


def append(
    world: World, fence: Fence, rollout: str, *events: CommandAccepted | RolloutEnded
) -> None:
    """Write what a person decided, where nobody conducts."""
    taken = LeaseAcquired(str(fence.holder), fence.token)
    entry = Entry(rollout, fence.token, world.clock.now(), [taken, *events])
    world.store.append(world.environment, world.store.head(world.environment), entry)
