"""One rollout conducted: what starts, what does not, and what happens when a part breaks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

import pytest

from made.conducting import HERE, Place, plan_for
from made.troubles import SlowDisk
from tierline.conductor.reporter import Reporter
from tierline.conductor.virtual import EPOCH, run_virtually
from tierline.errors import LeaseLost, PermanentError, TemporaryError
from tierline.facts.observation import Lost, Observation, Outcome
from tierline.plan.model import Plan
from tierline.rollout.events import (
    Command,
    CommandAccepted,
    EffectIntended,
    EffectSettled,
    Ending,
    Event,
    RolloutEnded,
)
from tierline.rollout.state import State, Status
from tierline.store.memory import MemoryStore
from tierline.store.protocol import Asked, Entry
from tierline.targets.protocol import Holder, Prepared
from tierline.targets.simulated.behaviour import Behaviour
from tierline.targets.simulated.target import SimulatedTarget
from tierline.targets.simulated.world import World

FAN = {"M01": (), "M02": ("M01",), "M03": ("M01",), "M04": ()}


def later(seconds: float, do: Callable[[], object]) -> None:
    asyncio.get_running_loop().call_later(seconds, do)


def fates(state: State) -> dict[str, str]:
    return {name: str(progress.state) for name, progress in state.progress.items()}


def intended(place: Place, rollout: str | None = None) -> list[str]:
    return [e.service_id for e in place.events(rollout) if isinstance(e, EffectIntended)]


def test_an_interrupt_holds_and_what_runs_is_finished() -> None:
    async def run() -> None:
        place = Place({"M04": (Behaviour(healthy_after=3.0),)})

        def interrupt() -> None:
            assert place.conductor
            place.conductor.interrupt("ada")

        later(0.1, interrupt)
        state = await place.carry(plan_for(FAN))
        assert (state.status, state.reason) == (Status.HELD, "interrupted")
        assert fates(state) == {"M01": "verified", "M02": "held", "M03": "held", "M04": "verified"}
        assert sorted(place.started) == ["M01", "M04"]
        held = [e for e in place.events() if isinstance(e, CommandAccepted)]
        assert [(e.command, e.by) for e in held] == [(Command.HOLD, "ada")]
        assert (await place.resume(state.rollout)).status is Status.COMPLETED

    run_virtually(run())


@dataclass
class Times(Reporter):
    """When what was told."""

    place: Place | None = None
    told: list[tuple[float, str]] = field(default_factory=list[tuple[float, str]])

    def say(self, word: str) -> None:
        self.told.append((round(asyncio.get_running_loop().time(), 3), word))

    def preparing(self, count: int) -> None:
        self.say(f"preparing {count}")

    def prepared(self, item: Prepared) -> None:
        self.say(f"prepared {item.service_id}")

    def lost_sight(self, reason: str) -> None:
        self.say(f"lost: {reason}")

    def in_sight(self) -> None:
        self.say("in sight")

    def happened(self, events: object, state: State, at: float) -> None:
        assert self.place is not None
        rows = list(self.place.store.read(HERE))
        assert isinstance(events, list)
        assert {repr(event) for event in events} <= {repr(row.event) for row in rows}


def test_commands_are_taken_up_within_a_tenth_of_a_second() -> None:
    async def run() -> None:
        place = Place({"M01": (Behaviour(healthy_after=4.0),)})

        def ask() -> None:
            place.store.ask(HERE, Asked(0, "R-0", Command.ABORT, "eve", "of another one", 0.0))
            place.store.ask(HERE, Asked(0, "R-20231114-1", Command.HOLD, "bob", "lunch", 0.0))

        later(0.777, ask)
        state = await place.carry(plan_for(FAN))
        assert (state.status, state.reason) == (Status.HELD, "lunch")
        (row,) = (r for r in place.store.read(HERE) if isinstance(r.event, CommandAccepted))
        assert 0.777 <= row.at - EPOCH <= 0.878

    run_virtually(run())


def test_reporters_hear_of_what_is_in_the_journal_already() -> None:
    async def run() -> None:
        times = Times()
        place = Place(reporter=times)
        times.place = place
        await place.carry(plan_for(FAN))
        words = [word for _, word in times.told]
        assert words[0] == "preparing 4"
        assert sorted(words[1:5] + words[5:]) == sorted(
            ["in sight", *(f"prepared {name}" for name in FAN)]
        )

    run_virtually(run())


def test_an_effect_is_sent_when_its_intent_is_on_the_disk_and_not_before() -> None:
    async def run() -> None:
        disk = SlowDisk(0.3)
        place = Place(store=disk)
        state = await place.carry(plan_for(FAN))
        assert state.status is Status.COMPLETED
        late = [run.began - EPOCH - disk.durable[run.key] for run in place.world.starts]
        assert late == pytest.approx([Behaviour().accept_seconds] * len(FAN), abs=1e-5)

    run_virtually(run())


def test_the_world_is_watched_while_a_transaction_is_on_its_way() -> None:
    """Forty services, twenty at once: what came during one transaction is in the next, all of it."""

    async def run() -> None:
        disk = SlowDisk(0.3)
        behaviours = {f"M{n:02d}": (Behaviour(healthy_after=1.0 + n / 100),) for n in range(1, 41)}
        place = Place(behaviours, store=disk)
        plan = plan_for(dict.fromkeys(behaviours, ()), max_parallel=20)
        state = await place.carry(plan)
        assert state.status is Status.COMPLETED
        assert len(disk.sizes) < 20

    run_virtually(run())


class Cut(SimulatedTarget):
    """Its view breaks at a second, and is back at a later one."""

    def __init__(self, world: World, at: float, until: float, *, loudly: bool) -> None:
        super().__init__(world, {})
        self._at, self._until, self._loudly = at, until, loudly

    async def observe(self) -> AsyncIterator[Observation]:
        loop = asyncio.get_running_loop()
        if self._at <= loop.time() < self._until:
            raise TemporaryError("connection refused")
        view = super().observe()
        while True:
            try:
                left = self._at - loop.time() if loop.time() < self._at else 1e6
                async with asyncio.timeout(left):
                    shown = await anext(view)
            except TimeoutError:
                if self._loudly:
                    raise TemporaryError("the view was cut") from None
                yield Lost("the view was cut")
                return
            yield shown


@pytest.mark.parametrize("loudly", [True, False])
def test_nothing_starts_while_the_view_is_lost(loudly: bool) -> None:
    async def run() -> None:
        times = Times()
        place = Place({"M01": (Behaviour(healthy_after=0.5),)}, reporter=times)
        times.place = place
        place.target = Cut(place.world, at=0.4, until=3.0, loudly=loudly)
        state = await place.carry(plan_for(FAN))
        assert state.status is Status.COMPLETED
        rows = [r for r in place.store.read(HERE) if isinstance(r.event, EffectIntended)]
        moments = {row.event.service_id: row.at - EPOCH for row in rows}  # type: ignore[union-attr] # filtered above
        assert max(moments["M01"], moments["M04"]) < 0.4
        assert min(moments["M02"], moments["M03"]) >= 3.0
        assert [w for _, w in times.told if "prep" not in w] == [
            "in sight",
            "lost: the view was cut",
            "in sight",
        ]

    run_virtually(run())


def test_a_build_that_fails_concerns_only_that_service_and_its_dependents() -> None:
    async def run() -> None:
        place = Place({"M02": (Behaviour(build_fails=True),)})
        state = await place.carry(plan_for({**FAN, "M05": ("M02",)}))
        assert fates(state) == {
            "M01": "verified",
            "M02": "failed",
            "M03": "verified",
            "M04": "verified",
            "M05": "held",
        }
        assert state.of("M02").code == "build/failed"
        assert "M02" not in place.started
        assert "M02" not in intended(place)

    run_virtually(run())


class SlowBuilder(SimulatedTarget):
    """Builds take a while; one ends the whole preparation, if told to."""

    error: Exception | None = None

    async def prepare(self, plan: Plan) -> AsyncIterator[Prepared]:
        async for item in super().prepare(plan):
            done = asyncio.Event()
            later(1.0, done.set)
            await done.wait()
            if self.error is not None:
                raise self.error
            yield item


def test_nothing_starts_before_everything_is_built() -> None:
    async def run() -> None:
        place = Place()
        place.target = SlowBuilder(place.world, {})
        state = await place.carry(plan_for(FAN))
        assert state.status is Status.COMPLETED
        assert min(run.began for run in place.world.starts) >= EPOCH + 4.0

    run_virtually(run())


@pytest.mark.parametrize("error", [PermanentError("no compiler"), ValueError("a defect of ours")])
def test_an_error_beside_the_loop_ends_the_run_and_frees_the_lease(error: Exception) -> None:
    async def run() -> None:
        place = Place()
        target = SlowBuilder(place.world, {})
        target.error, place.target = error, target
        with pytest.raises(type(error)) as caught:
            await place.carry(plan_for(FAN))
        assert caught.value is error
        assert place.started == []
        assert place.free
        assert not asyncio.all_tasks() - {asyncio.current_task()}

    run_virtually(run())


class Full(MemoryStore):
    """The disk is full from the n-th write on, until somebody makes room."""

    def __init__(self, writes: int) -> None:
        super().__init__()
        self.left: int | None = writes

    def append(self, environment: str, expected_seq: int, *entries: Entry) -> int:
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                raise TemporaryError("database or disk is full", code="store/unavailable")
        return super().append(environment, expected_seq, *entries)


@pytest.mark.parametrize("writes", range(6))
def test_a_full_disk_ends_the_run_and_nothing_unrecorded_was_sent(writes: int) -> None:
    async def run() -> None:
        store = Full(writes)
        place, plan = Place(store=store), plan_for(FAN)
        with pytest.raises(TemporaryError, match="disk is full"):
            await place.carry(plan)
        keys = {e.key for e in place.events() if isinstance(e, EffectIntended)}
        assert {run.key for run in place.world.starts} <= keys
        assert place.free
        store.left = None
        state = await place.carry(plan)
        assert state.status is Status.COMPLETED
        assert sorted(place.started) == sorted(FAN)

    run_virtually(run())


def test_somebody_elses_lease_ends_the_run_and_nothing_more_is_sent() -> None:
    async def run() -> None:
        place = Place({"M01": (Behaviour(healthy_after=4.0),)})

        def usurp() -> None:
            assert place.world.fence
            place.world.dead.add(place.world.fence.holder)
            eve = place.world.claim(Holder("eve", "there", "boot", 2, 0))
            place.world.release(eve)
            place.world.claim(Holder("eve", "there", "boot", 2, 0))

        later(1.0, usurp)
        with pytest.raises(LeaseLost, match="eve"):
            await place.carry(plan_for(FAN))
        assert sorted(place.started) == ["M01", "M04"]
        assert not place.free

    run_virtually(run())


class Deaf(SimulatedTarget):
    """Answers get lost on the way: the effect took hold, or not."""

    asked: int = 0
    reaches: bool = True

    async def apply(self, service_id: str, revision: str, key: str, fence: int) -> Outcome:
        self.asked += 1
        if self.reaches:
            await super().apply(service_id, revision, key, fence)
        raise TemporaryError("timed out")


def test_an_effect_that_is_seen_to_have_taken_hold_is_not_sent_again() -> None:
    async def run() -> None:
        place = Place()
        target = Deaf(place.world, {})
        place.target = target
        state = await place.carry(plan_for({"M01": ()}))
        assert state.status is Status.COMPLETED
        assert target.asked == 1
        answers = [e.outcome for e in place.events() if isinstance(e, EffectSettled)]
        assert answers in (["accepted"], ["unknown", "accepted"])

    run_virtually(run())


def test_an_effect_of_which_nobody_knows_is_sent_again_under_its_key_then_held() -> None:
    async def run() -> None:
        place = Place()
        target = Deaf(place.world, {})
        target.reaches, place.target = False, target
        state = await place.carry(plan_for({"M01": ()}, attempts=3))
        assert fates(state) == {"M01": "held"}
        assert state.of("M01").reason == "timed out"
        assert target.asked == 3
        assert intended(place) == ["M01"]

    run_virtually(run())


def test_a_verified_service_that_dies_later_is_failed_before_the_end() -> None:
    async def run() -> None:
        place = Place(
            {"M01": (Behaviour(exits_after=2.0),), "M04": (Behaviour(healthy_after=4.0),)}
        )
        state = await place.carry(plan_for({"M01": (), "M04": ()}))
        assert fates(state) == {"M01": "failed", "M04": "verified"}
        assert state.status is Status.HELD
        assert state.of("M01").verified_at is not None

    run_virtually(run())


def test_the_journal_repeats_nothing() -> None:
    async def run() -> None:
        place = Place({"M02": (Behaviour(refuse=1),)})
        await place.carry(plan_for(FAN))
        events: list[Event] = place.events()
        assert len(events) == len({repr(event) for event in events})
        assert events[-1] == RolloutEnded(Ending.COMPLETED)

    run_virtually(run())
