"""What befalls a conductor in tests: it dies, loses its view, or finds services gone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace

import pytest

from made.conducting import Place
from tierline.errors import TemporaryError
from tierline.facts.observation import Observation
from tierline.plan.model import Plan
from tierline.rollout.events import (
    EffectIntended,
)
from tierline.rollout.state import State
from tierline.store.memory import MemoryStore
from tierline.store.protocol import Asked, Entry
from tierline.targets.simulated.behaviour import Behaviour
from tierline.targets.simulated.target import SimulatedTarget
from tierline.targets.simulated.world import World


class Killed(BaseException):
    """kill -9."""


class Mortal(MemoryStore):
    """Its process dies before the write that `fatal` recognises; once."""

    def __init__(self, fatal: Callable[[Entry], bool]) -> None:
        super().__init__()
        self._fatal = fatal
        self._alive = True

    def append(self, environment: str, expected_seq: int, *entries: Entry) -> int:
        if self._alive and any(self._fatal(entry) for entry in entries):
            self._alive = False
            raise Killed
        return super().append(environment, expected_seq, *entries)


class SlowDisk(MemoryStore):
    """Takes `seconds` for a transaction; remembers the turns of each, and when intents were safe."""

    def __init__(self, seconds: float = 0.0) -> None:
        super().__init__()
        self.seconds = seconds
        self.sizes: list[int] = []
        self.durable: dict[str, float] = {}
        """key -> when its intent was on the disk, by the loop's time"""

    async def commit(self, environment: str, expected_seq: int, *entries: Entry) -> int:
        self.sizes.append(len(entries))
        await asyncio.sleep(self.seconds)
        seq = self.append(environment, expected_seq, *entries)
        events = [event for entry in entries for event in entry.events]
        keys = [event.key for event in events if isinstance(event, EffectIntended)]
        self.durable.update(dict.fromkeys(keys, asyncio.get_running_loop().time()))
        return seq


class Impatient(MemoryStore):
    """Ends a loop that turns without ever waiting."""

    def __init__(self) -> None:
        super().__init__()
        self.turns = 0

    def asked(self, environment: str, after: int) -> tuple[Asked, ...]:
        self.turns += 1
        assert self.turns < 5_000, "the conductor turns without waiting for anything"
        return super().asked(environment, after)


class Blind(SimulatedTarget):
    """Shows nothing from one second to another."""

    def __init__(self, world: World, at: float, until: float) -> None:
        super().__init__(world, {})
        self._at, self._until = at, until

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
                raise TemporaryError("the view was cut") from None
            yield shown


def later(seconds: float, do: Callable[[], object]) -> None:
    asyncio.get_running_loop().call_later(seconds, do)


async def passing(seconds: float) -> None:
    done = asyncio.Event()
    later(seconds, done.set)
    await done.wait()


def fates(state: State) -> dict[str, str]:
    return {name: str(progress.state) for name, progress in state.progress.items()}


def starts(service_id: str) -> Callable[[Entry], bool]:
    """Recognises the turn that intends to start a service."""
    return lambda entry: any(
        isinstance(event, EffectIntended) and event.service_id == service_id
        for event in entry.events
    )


async def killed(place: Place, plan: Plan) -> None:
    with pytest.raises(Killed):
        await place.carry(plan)


def vanish(place: Place, service_id: str) -> None:
    """Somebody stops a service, and the target has forgotten that it was ever there."""
    del place.world.runs[service_id]
    place.world.changed(service_id)


def hang(place: Place, service_id: str) -> None:
    """A service goes on running and answers nothing any more."""
    run = place.world.runs[service_id]
    place.world.runs[service_id] = replace(run, behaviour=Behaviour(healthy_after=None))
