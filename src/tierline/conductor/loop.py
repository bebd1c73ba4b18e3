"""One rollout, conducted: observe, decide, record, act, until it ends.

A turn takes in everything that arrived, folds it into the state, decides, and hands its events to
the journal. While they are on their way to the disk the next turns come and go; an effect is sent
once its intent is there. After kill -9 the same call goes on from the journal.
"""

from __future__ import annotations

from tierline.conductor.background import heed, prepare
from tierline.conductor.effects import send, settlement
from tierline.conductor.inbox import AllPrepared, Answered, Considered, Input, Written
from tierline.conductor.journal import Journal
from tierline.conductor.lease import keep
from tierline.conductor.lookout import Lookout
from tierline.conductor.retreating import Retreating
from tierline.conductor.turn import Turn
from tierline.conductor.world import World
from tierline.errors import LeaseLost
from tierline.facts.instant import Instant
from tierline.facts.observation import Accepted, Refused
from tierline.plan.model import Plan
from tierline.rollout.choices import Consider, Decided, End, Intend, Resend, Stop
from tierline.rollout.decide import decide
from tierline.rollout.events import (
    Action,
    Command,
    CommandAccepted,
    Judged,
    LeaseAcquired,
    RolloutEnded,
    RolloutRequested,
    ServiceJudged,
)
from tierline.rollout.evolve import begin, fold
from tierline.rollout.state import ENDED, ServiceState, State, Status
from tierline.store.protocol import Asked
from tierline.targets.protocol import LEASE_LOST, Fence, Prepared

INTERRUPTED = "interrupted"
"""the reason of a hold that a signal asked for"""
IDLE_SECONDS = 1.0
"""how long a turn waits at most for anything to happen"""


class Conductor:
    """Runs one rollout under a lease that was won before; one instance, one run."""

    def __init__(self, world: World, fence: Fence, rollout: str, plan: Plan) -> None:
        self._world = world
        self._fence = fence
        self._rollout = rollout
        self._plan = plan
        self._lookout = Lookout(world)
        self._journal = Journal(world, fence, rollout, self._tell_written)
        self._sight = self._lookout.sight
        self._retreating = Retreating(world, self._lookout)
        self._sending: set[str] = set()
        self._prepared = False
        self._wake_at: Instant = 0.0

    def interrupt(self, by: str) -> None:
        """Hold as if a person had asked for it: nothing new starts, what runs is finished."""
        now = self._world.clock.now()
        self._lookout.inbox.put(Asked(0, self._rollout, Command.HOLD, by, INTERRUPTED, now))

    async def run(self, request: RolloutRequested) -> State:
        """Carry the rollout to its end (or go on with it) and return the last state.

        Raises LeaseLost when somebody else took over, and whatever makes recording impossible;
        in either case nothing of ours is sent after that, and what runs goes on running.
        """
        try:
            state = await self._recover(request)
            self._start_background(state)
            while state.status not in ENDED:
                state = await self._turn(state)
            await self._journal.written()
            return state
        finally:
            await self._lookout.close()
            await self._journal.close()

    async def _recover(self, request: RolloutRequested) -> State:
        store, environment = self._world.store, self._world.environment
        self._journal.open()
        now = self._world.clock.now()
        known = fold(self._plan, store.read(environment, self._rollout))
        turn = Turn(known or begin(self._plan, self._rollout, request, now), now)
        if known is None:
            turn.events.append(request)
        turn.add(LeaseAcquired(str(self._fence.holder), self._fence.token))
        self._journal.add(turn)
        await self._journal.written()
        return turn.state

    def _start_background(self, state: State) -> None:
        """What goes back needs no building: it is kept, or it is not."""
        world, target = self._world, self._world.target
        self._prepared = state.status is Status.ROLLING_BACK
        building = () if self._prepared else (self._preparing(),)
        self._lookout.open(
            keep(target, world.environment, self._fence, world.clock),
            heed(world.store, world.environment, state.last_command, self._lookout.inbox),
            *building,
        )
        self._lookout.follow(state, state.progress)

    async def _preparing(self) -> None:
        self._world.reporter.preparing(len(self._plan.services))
        await prepare(self._world.target, self._plan, self._lookout.inbox)

    async def _turn(self, before: State) -> State:
        taken = await self._lookout.inbox.take(self._wake_at - self._world.clock.now())
        turn = Turn(before, self._world.clock.now())
        for item in taken:
            self._take_in(item, turn)
        decided = Decided((), None)
        if self._sight.synced:
            self._settle_known(turn)
            turn.add_all(self._lookout.judging.due(turn.state, turn.now))
        if self._may_decide(turn.state):
            decided = decide(turn.state, turn.now)
            self._choose(decided, turn)
        self._journal.add(turn)
        self._act(decided, turn)
        self._rest(decided, turn)
        return turn.state

    def _tell_written(self) -> None:
        self._lookout.inbox.put(Written())

    def _may_decide(self, state: State) -> bool:
        """Nothing is chosen blind, nor before everything is built; to end a hold needs neither."""
        if state.status in {Status.HOLDING, Status.ABORTING} and not state.in_flight:
            return True
        return self._sight.synced and self._prepared

    def _take_in(self, item: Input, turn: Turn) -> None:
        match item:
            case Answered():
                self._sending.discard(item.key)
                if item.service_id in turn.state.unanswered:
                    turn.add(settlement(item.service_id, item.key, item.outcome))
            case Asked():
                self._obey(item, turn)
            case Prepared():
                self._world.reporter.prepared(item)
                self._unbuilt(item, turn)
            case AllPrepared():
                self._prepared = True
            case Written():
                pass
            case Considered():
                if self._retreating.stands(item, turn.state):
                    turn.add(item.event)
            case _:
                changes = self._lookout.take_in(item)
                turn.add_all(one for one in changes if one.service_id in turn.state.progress)

    def _obey(self, asked: Asked, turn: Turn) -> None:
        if asked.rollout == self._rollout:
            passes = asked.passes if asked.passes == turn.state.waits_at else ""
            self._prepare_again(asked, turn.state)
            turn.add(
                CommandAccepted(asked.command_id, asked.command, asked.by, asked.reason, passes)
            )

    def _prepare_again(self, asked: Asked, state: State) -> None:
        """What could not be built is built once more, where people ask to try again."""
        unbuilt = any(
            progress.state is ServiceState.FAILED and not progress.attempt
            for progress in state.progress.values()
        )
        if asked.command is Command.RESUME and self._prepared and unbuilt:
            self._prepared = False
            self._lookout.background.spawn(self._preparing())

    def _unbuilt(self, item: Prepared, turn: Turn) -> None:
        progress = turn.state.progress[item.service_id]
        if item.ok or progress.state not in {ServiceState.PENDING, ServiceState.HELD}:
            return
        revision = turn.state.index.services[item.service_id].revision.id
        turn.add(
            ServiceJudged(
                item.service_id, progress.key, Judged.FAILED, revision, item.code, item.detail
            )
        )

    def _settle_known(self, turn: Turn) -> None:
        """Effects whose answer never came, but which the target shows as taken on."""
        for name in sorted(turn.state.unanswered):
            progress = turn.state.progress[name]
            if progress.action is Action.CHECK or self._sight.last_key(name) == progress.key:
                turn.add(settlement(name, progress.key, Accepted()))

    def _choose(self, decided: Decided, turn: Turn) -> None:
        for choice in decided.choices:
            match choice:
                case Stop():
                    turn.add(choice.event)
                case Intend():
                    if choice.raised is not None:
                        turn.add(choice.raised)
                    turn.add(choice.event)
                    self._sight.forget(choice.event.service_id)
                case Consider():
                    self._retreating.consider(turn.state)
                case End():
                    turn.add(RolloutEnded(choice.ending, choice.reason))
                case Resend():
                    pass

    def _act(self, decided: Decided, turn: Turn) -> None:
        self._lookout.follow(turn.state, turn.touched)
        if not (self._sight.synced and self._prepared):
            return
        again = {choice.service_id for choice in decided.choices if isinstance(choice, Resend)}
        for name in sorted(turn.state.unanswered):
            progress = turn.state.progress[name]
            waits = progress.due is not None and name not in again
            announced = self._journal.holds(progress.key)
            if progress.action is not Action.CHECK and announced and not waits:
                self._send(turn.state, name, progress.key)

    def _send(self, state: State, service_id: str, key: str) -> None:
        if key not in self._sending:
            self._sending.add(key)
            self._lookout.background.spawn(self._sent(state, service_id, key))

    async def _sent(self, state: State, service_id: str, key: str) -> None:
        outcome = await send(self._world.target, state, service_id)
        if isinstance(outcome, Refused) and outcome.code == LEASE_LOST:
            raise LeaseLost(outcome.message, code=LEASE_LOST, fix="see tierline status")
        self._lookout.inbox.put(Answered(service_id, key, outcome))

    def _rest(self, decided: Decided, turn: Turn) -> None:
        """How long the next turn may wait: not at all as long as turns still change something."""
        verdict_at = self._lookout.judging.next_at if self._sight.synced else None
        times = (verdict_at, decided.wake_at, self._journal.due)
        known = [at for at in times if at is not None]
        self._wake_at = 0.0 if turn.events else min(known, default=turn.now + IDLE_SECONDS)
