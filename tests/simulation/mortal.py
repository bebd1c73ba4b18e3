"""A store and a target whose user dies, or is stopped and woken much later, at a given operation."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from typing import Any

from simulation.views import SpoiltTarget
from tierline.conductor.virtual import VirtualClock
from tierline.facts.evidence import Evidence, Signal
from tierline.facts.instant import Instant
from tierline.facts.observation import Observation, Outcome
from tierline.facts.probe import Probe
from tierline.rollout.events import Action
from tierline.store.memory import MemoryStore
from tierline.store.protocol import Asked, Entry
from tierline.targets.protocol import Fence, Holder


class Killed(BaseException):
    """kill -9: nothing after this runs."""


class Fuse:
    """Counts operations; `kill_at` and `freeze_at` are numbers of operations, None for never."""

    def __init__(self, kill_at: int | None, freeze_at: int | None) -> None:
        self.count = 0
        self.kill_at = kill_at
        self.freeze_at = freeze_at
        self.frozen = asyncio.Event()
        self.thawed = asyncio.Event()

    def burn(self) -> None:
        """One operation more; counted before it takes hold and after. The dead do nothing more."""
        self.count += 1
        if self.kill_at is not None and self.count >= self.kill_at:
            raise Killed

    async def maybe_freeze(self) -> None:
        """Stop here, if this is where it stops, until somebody wakes us."""
        if self.freeze_at is not None and self.count >= self.freeze_at and not self.thawed.is_set():
            self.frozen.set()
            await self.thawed.wait()

    @property
    def still(self) -> bool:
        """Whether the whole process stands still now."""
        return self.frozen.is_set() and not self.thawed.is_set()

    async def stand_still(self) -> None:
        """What runs beside the operation at which the process stopped has stopped as well."""
        if self.still:
            await self.thawed.wait()


class Disk(MemoryStore):
    """Remembers when, on the true clock, each row had reached the disk for good.

    A journal is one log: a transaction that has returned brought all rows before its own to the disk
    too, those as well whose writer was killed before it heard of them.
    """

    def __init__(self) -> None:
        super().__init__()
        self.durable: dict[int, Instant] = {}

    def returned(self, seq: int, at: Instant) -> None:
        """A transaction has returned: whatever is in the journal up to its last row is durable."""
        for row in range(1, seq + 1):
            self.durable.setdefault(row, at)


class MortalStore(Disk):
    """Takes `seconds` for a commit, and dies or is stopped before or after it, or dies in it."""

    def __init__(self, shared: Disk, fuse: Fuse, true: VirtualClock, seconds: float) -> None:
        super().__init__()
        self.__dict__.update(shared.__dict__)
        self._fuse, self._true, self._seconds = fuse, true, seconds

    async def commit(self, environment: str, expected_seq: int, *entries: Entry) -> int:
        self._fuse.burn()
        await self._fuse.maybe_freeze()
        await asyncio.sleep(self._seconds / 2)
        seq = self.append(environment, expected_seq, *entries)
        await asyncio.sleep(self._seconds / 2)
        self.returned(seq, self._true.now())
        self._fuse.burn()
        return seq

    def asked(self, environment: str, after: int) -> tuple[Asked, ...]:
        return () if self._fuse.still else super().asked(environment, after)


class MortalTarget(SpoiltTarget):
    """Its user dies, or is stopped, before or after an effect; what was sent arrives all the same.

    Who is stopped neither asks nor hears anything until it wakes up: no service has two askers
    because one of its conductors stands still.
    """

    fuse: Fuse
    vanishes: frozenset[str] = frozenset()
    """services whose former revision is gone as soon as anything was brought back"""

    async def observe(self) -> AsyncIterator[Observation]:
        async for observation in super().observe():
            await self.fuse.stand_still()
            yield observation

    async def probe(self, service_id: str, probe: Probe) -> Evidence:
        await self.fuse.stand_still()
        evidence = await super().probe(service_id, probe)
        await self.fuse.stand_still()
        return evidence

    async def signals(self) -> AsyncIterator[Signal]:
        async for signal in super().signals():
            await self.fuse.stand_still()
            yield signal

    async def claim(self, environment: str, holder: Holder, above: int = 0) -> Fence:
        await self.fuse.maybe_freeze()
        return await super().claim(environment, holder, above)

    async def available(self, service_id: str, revision: str) -> bool:
        gone = service_id in self.vanishes and any(
            one.action is Action.STOP or "/restore/" in one.key for one in self._world.done
        )
        return not gone and await super().available(service_id, revision)

    async def apply(self, service_id: str, revision: str, key: str, fence: int) -> Outcome:
        return await self._sent(super().apply(service_id, revision, key, fence))

    async def restore(self, service_id: str, revision: str, key: str, fence: int) -> Outcome:
        return await self._sent(super().restore(service_id, revision, key, fence))

    async def stop(self, service_id: str, key: str, fence: int) -> Outcome:
        return await self._sent(super().stop(service_id, key, fence))

    async def _sent(self, effect: Coroutine[Any, Any, Outcome]) -> Outcome:
        """One operation before it is sent, one when its answer has come."""
        try:
            self.fuse.burn()
        except Killed:
            effect.close()
            raise
        sent = asyncio.create_task(self._on_its_way(effect))
        sent.add_done_callback(lambda task: task.cancelled() or task.exception())
        outcome = await asyncio.shield(sent)
        self.fuse.burn()
        return outcome

    async def _on_its_way(self, effect: Coroutine[Any, Any, Outcome]) -> Outcome:
        await self.fuse.maybe_freeze()
        return await effect
