"""What is written at once, what may wait for it, and for how long."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine

import pytest

from made.conducting import HERE, plan_for
from made.troubles import SlowDisk
from tierline.conductor.journal import WAIT_SECONDS, Journal, may_wait
from tierline.conductor.reporter import Reporter
from tierline.conductor.turn import Turn
from tierline.conductor.virtual import VirtualClock, run_virtually
from tierline.conductor.world import World
from tierline.errors import LeaseLost, TemporaryError
from tierline.facts.instant import Instant
from tierline.rollout.events import (
    Action,
    Command,
    CommandAccepted,
    EffectIntended,
    EffectSettled,
    Ending,
    Event,
    Judged,
    LeaseAcquired,
    RolloutEnded,
    RolloutRequested,
    ServiceJudged,
    ServiceObserved,
)
from tierline.rollout.evolve import begin, fold
from tierline.rollout.state import State
from tierline.store.memory import MemoryStore
from tierline.store.protocol import LOCKED, Entry
from tierline.targets.protocol import Fence, Holder
from tierline.targets.simulated.target import SimulatedTarget
from tierline.targets.simulated.world import World as SimulatedWorld

KEY = "R-1/M01/apply/1"
SEEN = ServiceObserved("M01", "starting", "r", KEY)
ACCEPTED = EffectSettled(KEY, "M01", "accepted")
PASSED = ServiceJudged("M01", KEY, Judged.VERIFIED, "r", "", "")
INTENDED = EffectIntended(KEY, "M01", Action.APPLY, 1, "r")
MUST = (
    INTENDED,
    EffectSettled(KEY, "M01", "refused", "target/no", "no"),
    EffectSettled(KEY, "M01", "unknown"),
    ServiceJudged("M01", KEY, Judged.FAILED, "r", "boot/exited", "M01: exited with 1"),
    CommandAccepted(1, Command.HOLD, "ada"),
    LeaseAcquired("ada", 2),
    RolloutEnded(Ending.HELD),
    RolloutRequested("d", "ada"),
)
PLAN = plan_for({"M01": ()})


class Heard(Reporter):
    """Remembers what it was told, and how long the journal was by then."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store
        self.told: list[tuple[Instant, int]] = []

    def happened(self, events: object, state: State, at: Instant) -> None:
        self.told.append((at, self._store.head(HERE)))


class Written:
    """A journal on a store that counts its transactions; each turn waits until what must be is written."""

    def __init__(self, store: SlowDisk | None = None) -> None:
        self.store = store or SlowDisk()
        self.sizes = self.store.sizes
        self.heard = Heard(self.store)
        target = SimulatedTarget(SimulatedWorld(lambda: 0.0, {}, {}), {})
        world = World(HERE, self.store, target, VirtualClock(), self.heard)
        self.journal = Journal(world, Fence(1, Holder("ada", "", "", 1, 0), 9.0), "R-1")
        self.requested = RolloutRequested(PLAN.digest, "ada")
        self.state = begin(PLAN, "R-1", self.requested, 0.0)

    async def begin(self) -> Written:
        """With the first row, which is not counted."""
        turn = Turn(self.state, 0.0)
        turn.events.append(self.requested)
        self.journal.add(turn)
        await self.journal.written()
        self.sizes.clear()
        return self

    def add(self, now: Instant, *events: Event) -> None:
        turn = Turn(self.state, now)
        turn.add_all(events)
        self.state = turn.state
        self.journal.add(turn)

    async def turn(self, now: Instant, *events: Event) -> None:
        self.add(now, *events)
        await self.journal.written()

    @property
    def events(self) -> list[Event]:
        return [row.event for row in self.store.read(HERE)][1:]


async def passing(seconds: float) -> None:
    """Let virtual time pass."""
    done = asyncio.Event()
    asyncio.get_running_loop().call_later(seconds, done.set)
    await done.wait()


@pytest.mark.parametrize("event", MUST, ids=lambda event: event.TYPE)
def test_what_a_successor_could_not_see_is_written_at_once(event: Event) -> None:
    assert not may_wait(event)


@pytest.mark.parametrize("event", [SEEN, ACCEPTED, PASSED], ids=lambda event: event.TYPE)
def test_what_a_successor_sees_for_itself_may_wait(event: Event) -> None:
    assert may_wait(event)


async def _observations_wait_for_what_must_be_written() -> None:
    written = await Written().begin()
    await written.turn(1.0, INTENDED)
    await written.turn(1.05, ACCEPTED)
    await written.turn(1.06, PASSED)
    assert (written.sizes, written.events) == ([1], [INTENDED])
    assert written.journal.due == 1.05 + WAIT_SECONDS
    held = CommandAccepted(1, Command.HOLD, "ada")
    await written.turn(1.1, held)
    assert written.sizes == [1, 3]
    assert written.events == [INTENDED, ACCEPTED, PASSED, held]
    assert written.journal.due is None


async def _observations_wait_for_a_fifth_of_a_second_at_most() -> None:
    written = await Written().begin()
    await written.turn(1.0, SEEN)
    await written.turn(1.0 + WAIT_SECONDS - 0.01)
    assert written.events == []
    await written.turn(1.0 + WAIT_SECONDS)
    assert (written.sizes, written.events) == ([1], [SEEN])


async def _what_waited_keeps_its_time_so_that_the_fold_is_the_state() -> None:
    written = await Written().begin()
    for now, event in ((1.0, INTENDED), (1.5, ACCEPTED), (1.6, RolloutEnded(Ending.HELD))):
        await written.turn(now, event)
    assert [row.at for row in written.store.read(HERE)] == [0.0, 1.0, 1.5, 1.6]
    assert fold(PLAN, written.store.read(HERE)) == written.state


async def _nobody_hears_of_what_is_not_yet_in_the_journal() -> None:
    written = await Written().begin()
    await written.turn(1.0, INTENDED)
    await written.turn(1.1, SEEN)
    assert written.heard.told == [(0.0, 1), (1.0, 2)]
    await written.turn(2.0)
    assert written.heard.told == [(0.0, 1), (1.0, 2), (1.1, 3)]


async def _a_turn_without_events_writes_nothing() -> None:
    written = await Written().begin()
    await written.turn(1.0)
    assert written.sizes == []


async def _what_waited_is_not_written_over_a_successor() -> None:
    written = await Written().begin()
    await written.turn(1.0, SEEN)
    written.store.append(HERE, 1, Entry("R-1", 2, 1.1, [LeaseAcquired("bob", 2)]))
    with pytest.raises(LeaseLost):
        await written.turn(2.0)
    with pytest.raises(LeaseLost):
        written.add(2.1, INTENDED)


async def _an_effect_is_announced_when_its_intent_is_on_the_disk_and_not_before() -> None:
    written = await Written(SlowDisk(0.01)).begin()
    written.add(1.0, INTENDED)
    assert not written.journal.holds(KEY)
    await passing(0.005)
    assert not written.journal.holds(KEY)
    await written.journal.written()
    assert written.journal.holds(KEY)
    assert written.events == [INTENDED]


async def _what_comes_while_a_transaction_is_on_its_way_is_the_next_one() -> None:
    written = await Written(SlowDisk(0.01)).begin()
    written.add(1.0, INTENDED)
    await passing(0.001)
    for now, event in ((1.001, ACCEPTED), (1.002, PASSED), (1.003, MUST[1]), (1.004, MUST[2])):
        written.add(now, event)
    await written.journal.written()
    assert written.sizes == [1, 4]
    assert written.events == [INTENDED, ACCEPTED, PASSED, MUST[1], MUST[2]]
    assert written.journal.due is None


async def _what_waits_when_a_journal_is_closed_is_in_no_transaction() -> None:
    written = await Written(SlowDisk(0.01)).begin()
    written.add(1.0, INTENDED)
    await passing(0.001)
    written.add(1.001, MUST[1])
    await written.journal.close()
    assert (written.sizes, written.heard.told) == ([1], [(0.0, 1)])


@pytest.mark.parametrize(
    "told",
    [
        _observations_wait_for_what_must_be_written,
        _observations_wait_for_a_fifth_of_a_second_at_most,
        _what_waited_keeps_its_time_so_that_the_fold_is_the_state,
        _nobody_hears_of_what_is_not_yet_in_the_journal,
        _a_turn_without_events_writes_nothing,
        _what_waited_is_not_written_over_a_successor,
        _an_effect_is_announced_when_its_intent_is_on_the_disk_and_not_before,
        _what_comes_while_a_transaction_is_on_its_way_is_the_next_one,
        _what_waits_when_a_journal_is_closed_is_in_no_transaction,
    ],
    ids=lambda told: told.__name__.strip("_"),
)
def test_the_journal(told: Callable[[], Coroutine[object, object, None]]) -> None:
    run_virtually(told())


class LockedAtFirst(MemoryStore):
    """Another process has it locked for the first tries."""

    def __init__(self, tries: int, code: str = LOCKED) -> None:
        super().__init__()
        self.left, self.code = tries, code

    def append(self, environment: str, expected_seq: int, *entries: Entry) -> int:
        if self.left:
            self.left -= 1
            raise TemporaryError("journal.db is locked by pid 7", code=self.code)
        return super().append(environment, expected_seq, *entries)


def written_on(store: LockedAtFirst) -> list[Event]:
    """What is in the journal after one turn was written with patience, by a virtual clock."""
    target = SimulatedTarget(SimulatedWorld(lambda: 0.0, {}, {}), {})
    requested = RolloutRequested(PLAN.digest, "ada")

    async def write() -> None:
        world = World(HERE, store, target, VirtualClock(), Reporter())
        journal = Journal(world, Fence(1, Holder("ada", "", "", 1, 0), 9.0), "R-1")
        turn = Turn(begin(PLAN, "R-1", requested, 0.0), world.clock.now())
        turn.events.append(requested)
        journal.add(turn)
        await journal.written()

    run_virtually(write())
    return [row.event for row in store.read(HERE)]


def test_a_journal_that_is_locked_for_a_while_is_written_once() -> None:
    assert written_on(LockedAtFirst(100)) == [RolloutRequested(PLAN.digest, "ada")]


@pytest.mark.parametrize(("tries", "code"), [(10_000, LOCKED), (1, "store/unavailable")])
def test_what_lasts_too_long_or_is_worse_ends_the_rollout(tries: int, code: str) -> None:
    with pytest.raises(TemporaryError):
        written_on(LockedAtFirst(tries, code))
