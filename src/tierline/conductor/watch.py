"""Judges on what a rollout has verified, for a bake time: starts and changes nothing, journals what it sees.

Holds the environment's lease as a rollout does, so that no two write; makes room for a rollout.
"""

from __future__ import annotations

from collections.abc import Callable

from tierline.conductor.background import heed
from tierline.conductor.claiming import claim, lost, release
from tierline.conductor.history import latest
from tierline.conductor.inbox import Input
from tierline.conductor.issues import keep_issues
from tierline.conductor.journal import Journal
from tierline.conductor.lease import keep
from tierline.conductor.lookout import Lookout
from tierline.conductor.steadiness import Steadiness
from tierline.conductor.turn import Turn
from tierline.conductor.world import World
from tierline.errors import LeaseLost, UsageError
from tierline.policy.model import WatchLimits
from tierline.rollout.events import (
    Command,
    CommandAccepted,
    LeaseAcquired,
    ServiceJudged,
    WatchBegan,
    WatchEnded,
)
from tierline.rollout.state import PASSED, State, Status
from tierline.store.protocol import Asked
from tierline.targets.protocol import Fence, Holder

SLICE_SECONDS = 0.1
INTERRUPTED = "interrupted"


def watchable(world: World) -> State:
    """The newest rollout, if it is one that can be watched; else a UsageError says why not."""
    newest = latest(world.store, world.environment)
    if newest is None:
        raise UsageError(
            f"nothing was ever rolled out in {world.environment}, so there is nothing to watch",
            code="watch/nothing",
            fix="begin with: tierline rollout",
        )
    state = newest[1]
    if state.status is Status.COMPLETED:
        return state
    fixes = {
        Status.HELD: "tierline resume, and watch when all is verified",
        Status.ABORTED: "start a new one: tierline rollout",
    }
    raise UsageError(
        f"{state.rollout} is {state.status}: only what a rollout has completed can be watched",
        code="watch/unfinished",
        fix=fixes.get(state.status, "see tierline status; watch it when it has completed"),
    )


async def watch(
    world: World,
    holder: Holder,
    limits: WatchLimits,
    started: Callable[[Watcher], None],
) -> State:
    """Watch the newest rollout for `limits.watch_seconds`; returns its state with the watch ended.

    UsageError where it did not complete, LeaseHeld where somebody else conducts. A watch that was
    killed is begun anew: time in which nobody looked proves nothing.
    """
    watchable(world)
    fence = await claim(world, holder)
    try:
        watcher = Watcher(world, fence, watchable(world), limits)
        started(watcher)
        return await watcher.run()
    except LeaseLost as error:
        raise lost(world, fence, watchable(world).rollout, error) from error
    finally:
        await release(world, fence)


class Watcher:
    """One watch under a lease that was won before; one instance, one run."""

    def __init__(self, world: World, fence: Fence, state: State, limits: WatchLimits) -> None:
        self._world, self._fence = world, fence
        self._state, self._limits = state, limits
        self._journal = Journal(world, fence, state.rollout)
        self._lookout = Lookout(world)
        self._steadiness = Steadiness(self._lookout.sight)
        self._last_command = 0
        self._in_sight = False
        self._reason = ""

    def interrupt(self, by: str) -> None:
        """End early: what was seen is kept, and decides nothing."""
        self._reason = self._reason or f"{INTERRUPTED} by {by}"

    async def run(self) -> State:
        """Watch to the end. Raises LeaseLost when somebody else took over; services go on running."""
        try:
            state = await self._begin()
            world, inbox = self._world, self._lookout.inbox
            self._lookout.open(
                keep(world.target, world.environment, self._fence, world.clock),
                heed(world.store, world.environment, self._last_command, inbox),
            )
            self._lookout.follow(state, (n for n, p in state.progress.items() if p.state in PASSED))
            while state.watch is not None and state.watch.ended_at is None:
                state = await self._turn(state)
            return state
        finally:
            await self._lookout.close()
            await self._journal.close()

    async def _begin(self) -> State:
        self._journal.open()
        for asked in self._world.store.asked(self._world.environment, self._state.last_command):
            self._last_command = asked.command_id  # asked of somebody else, before this watch
        holder, limits = self._fence.holder.name, self._limits
        turn = Turn(self._state, self._world.clock.now())
        turn.add(LeaseAcquired(holder, self._fence.token))
        seconds, sustained = limits.watch_seconds, limits.sustained_seconds
        turn.add(WatchBegan(holder, seconds, sustained, limits.silence_seconds))
        self._journal.add(turn)
        await self._journal.written()
        return turn.state

    async def _turn(self, before: State) -> State:
        taken = await self._lookout.inbox.take(SLICE_SECONDS)
        turn = Turn(before, self._world.clock.now())
        for item in taken:
            self._take_in(item, turn)
        self._in_sight = self._in_sight or self._lookout.sight.synced
        self._steadiness.look(turn)
        self._end(turn)
        self._journal.add(turn)
        await self._journal.written()
        self._lookout.follow(turn.state, turn.touched)
        self._world.reporter.watched(turn.state, turn.now)
        if any(isinstance(event, ServiceJudged | WatchEnded) for event in turn.events):
            keep_issues(self._world.store, self._world.environment, turn.state)
        return turn.state

    def _take_in(self, item: Input, turn: Turn) -> None:
        """What is shown first is no change; it is how the rollout left it."""
        if isinstance(item, Asked):
            self._obey(item, turn)
        changes = self._lookout.take_in(item)
        if self._in_sight:
            turn.add_all(one for one in changes if one.service_id in turn.state.progress)

    def _obey(self, asked: Asked, turn: Turn) -> None:
        mine = asked.rollout == self._state.rollout and asked.command is Command.MAKE_ROOM
        if mine:
            turn.add(CommandAccepted(asked.command_id, asked.command, asked.by, asked.reason))
            self._reason = self._reason or f"made room for a rollout of {asked.by}"

    def _end(self, turn: Turn) -> None:
        watch = turn.state.watch
        if watch is None:
            return
        if self._reason or turn.now >= watch.began_at + watch.seconds:
            self._steadiness.conclude(turn)
            turn.add(WatchEnded(self._reason))
