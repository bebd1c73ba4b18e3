"""Conductors whose wall clocks disagree by hours, and a target that each sees by its own clock."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

from simulation.mortal import MortalTarget
from tierline.conductor.virtual import VirtualClock
from tierline.facts.evidence import Evidence, Signal
from tierline.facts.instant import Instant
from tierline.facts.observation import Observation, Seen
from tierline.facts.probe import Probe
from tierline.targets.protocol import Fence, Holder


class AheadClock:
    """What a conductor's clock shows: `ahead` seconds more than the true one, less if negative.

    As the real one, it begins no earlier than what is in the journal.
    """

    def __init__(self, true: VirtualClock, ahead: float, not_before: Instant) -> None:
        self._true = true
        self.ahead = max(ahead, not_before - true.now())

    def now(self) -> Instant:
        return self._true.now() + self.ahead


class AheadTarget(MortalTarget):
    """Tells all times by its user's clock."""

    clock: AheadClock

    async def claim(self, environment: str, holder: Holder, above: int = 0) -> Fence:
        fence = await super().claim(environment, holder, above)
        return replace(fence, until=fence.until + self.clock.ahead)

    async def observe(self) -> AsyncIterator[Observation]:
        async for observation in super().observe():
            yield self._seen(observation) if isinstance(observation, Seen) else observation

    def _seen(self, seen: Seen) -> Seen:
        ahead = self.clock.ahead
        instances = (replace(one, started_at=one.started_at + ahead) for one in seen.instances)
        return replace(seen, at=seen.at + ahead, instances=tuple(instances))

    async def probe(self, service_id: str, probe: Probe) -> Evidence:
        evidence = await super().probe(service_id, probe)
        return replace(evidence, at=evidence.at + self.clock.ahead)

    async def signals(self) -> AsyncIterator[Signal]:
        ahead = self.clock.ahead
        async for signal in super().signals():
            yield replace(signal, first_at=signal.first_at + ahead, at=signal.at + ahead)
