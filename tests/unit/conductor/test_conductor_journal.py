"""What is written at once, what may wait for it, and for how long."""

from __future__ import annotations

import pytest

from made.conducting import HERE, plan_for
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
INTENDED = EffectIntended(KEY, "M01", Action.APPLY, 1, "r")
MUST = (
    INTENDED,
    EffectSettled(KEY, "M01", "refused", "target/no", "no"),
    EffectSettled(KEY, "M01", "unknown"),
    ServiceJudged("M01", KEY, Judged.VERIFIED, "r", "", ""),
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
    """A journal on a store that counts its transactions."""

    def __init__(self) -> None:
        self.sizes: list[int] = []
        self.store = Counted(self.sizes)
        self.heard = Heard(self.store)
        target = SimulatedTarget(SimulatedWorld(lambda: 0.0, {}, {}), {})
        world = World(HERE, self.store, target, VirtualClock(), self.heard)
        self.journal = Journal(world, Fence(1, Holder("ada", "", "", 1, 0), 9.0), "R-1")
        self.requested = RolloutRequested(PLAN.digest, "ada")
        self.state = begin(PLAN, "R-1", self.requested, 0.0)
        turn = Turn(self.state, 0.0)
        turn.events.append(self.requested)
        self.journal.write(turn)
        self.sizes.clear()

    def turn(self, now: Instant, *events: Event) -> None:
        turn = Turn(self.state, now)
        turn.add_all(events)
        self.state = turn.state
        self.journal.write(turn)

    @property
    def events(self) -> list[Event]:
        return [row.event for row in self.store.read(HERE)][1:]


class Counted(MemoryStore):
    """Remembers how many turns each transaction held."""

    def __init__(self, sizes: list[int]) -> None:
        super().__init__()
        self._sizes = sizes

    def append(self, environment: str, expected_seq: int, *entries: Entry) -> int:
        self._sizes.append(len(entries))
        return super().append(environment, expected_seq, *entries)


@pytest.mark.parametrize("event", MUST, ids=lambda event: event.TYPE)
def test_what_a_successor_could_not_see_is_written_at_once(event: Event) -> None:
    assert not may_wait(event)


@pytest.mark.parametrize("event", [SEEN, ACCEPTED], ids=lambda event: event.TYPE)
def test_what_a_successor_sees_for_itself_may_wait(event: Event) -> None:
    assert may_wait(event)


def test_observations_are_written_with_the_next_turn_that_must_be() -> None:
    written = Written()
    written.turn(1.0, INTENDED)
    written.turn(1.05, ACCEPTED)
    written.turn(1.06, SEEN)
    assert (written.sizes, written.events) == ([1], [INTENDED])
    assert written.journal.due == 1.05 + WAIT_SECONDS
    verdict = ServiceJudged("M01", KEY, Judged.VERIFIED, "r", "", "")
    written.turn(1.1, verdict)
    assert written.sizes == [1, 3]
    assert written.events == [INTENDED, ACCEPTED, SEEN, verdict]
    assert written.journal.due is None


def test_observations_wait_for_a_fifth_of_a_second_at_most() -> None:
    written = Written()
    written.turn(1.0, SEEN)
    written.turn(1.0 + WAIT_SECONDS - 0.01)
    assert written.events == []
    written.turn(1.0 + WAIT_SECONDS)
    assert (written.sizes, written.events) == ([1], [SEEN])


def test_what_waited_keeps_its_time_so_that_the_fold_is_the_state() -> None:
    written = Written()
    for now, event in ((1.0, INTENDED), (1.5, ACCEPTED), (1.6, RolloutEnded(Ending.HELD))):
        written.turn(now, event)
    assert [row.at for row in written.store.read(HERE)] == [0.0, 1.0, 1.5, 1.6]
    assert fold(PLAN, written.store.read(HERE)) == written.state


def test_nobody_hears_of_what_is_not_yet_in_the_journal() -> None:
    written = Written()
    written.turn(1.0, INTENDED)
    written.turn(1.1, SEEN)
    assert written.heard.told == [(0.0, 1), (1.0, 2)]
    written.turn(2.0)
    assert written.heard.told == [(0.0, 1), (1.0, 2), (1.1, 3)]


def test_a_turn_without_events_writes_nothing() -> None:
    written = Written()
    written.turn(1.0)
    assert written.sizes == []


def test_what_waited_is_not_written_over_a_successor() -> None:
    written = Written()
    written.turn(1.0, SEEN)
    written.store.append(HERE, 1, Entry("R-1", 2, 1.1, [LeaseAcquired("bob", 2)]))
    with pytest.raises(LeaseLost):
        written.turn(2.0)


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
        await journal.write_in_time(turn)

    run_virtually(write())
    return [row.event for row in store.read(HERE)]


def test_a_journal_that_is_locked_for_a_while_is_written_once() -> None:
    assert written_on(LockedAtFirst(100)) == [RolloutRequested(PLAN.digest, "ada")]


@pytest.mark.parametrize(("tries", "code"), [(10_000, LOCKED), (1, "store/unavailable")])
def test_what_lasts_too_long_or_is_worse_ends_the_rollout(tries: int, code: str) -> None:
    with pytest.raises(TemporaryError):
        written_on(LockedAtFirst(tries, code))
