"""A target over a simulated world: answers as a real one would, late, lost or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from tierline.errors import TemporaryError
from tierline.facts.evidence import (
    Answer,
    Boundary,
    Connection,
    Dependencies,
    Evidence,
    Health,
    Requests,
    Signal,
    SignalKind,
)
from tierline.facts.instant import Instant
from tierline.facts.observation import Observation, Outcome, Refused, Synced
from tierline.facts.probe import (
    ConnectionProbe,
    ContractProbe,
    EventProbe,
    HealthProbe,
    LogLine,
    Probe,
    ReadinessProbe,
    RequestProbe,
)
from tierline.plan.model import Plan
from tierline.targets.asking.bus import unread
from tierline.targets.protocol import Capabilities, Fence, Holder, Prepared
from tierline.targets.simulated.world import Run, World

_CROWD = 1000.0
"""runs from which on each tells of itself less often than once a second"""


class SimulatedTarget:
    """Satisfies `Target`. `owners` maps a service to whom its `/readyz` should name."""

    def __init__(self, world: World, owners: dict[str, tuple[str, ...]]) -> None:
        self._world = world
        self._owners = owners

    def capabilities(self) -> Capabilities:
        return Capabilities(
            "simulated", True, True, True, holds_contracts=self._world.breaks_contracts
        )

    async def claim(self, environment: str, holder: Holder, above: int = 0) -> Fence:
        return self._world.claim(holder, above)

    async def release(self, fence: Fence) -> None:
        self._world.release(fence)

    async def available(self, service_id: str, revision: str) -> bool:
        return any(
            run.service_id == service_id and run.revision == revision for run in self._world.starts
        )

    async def prepare(self, plan: Plan) -> AsyncIterator[Prepared]:
        for planned in plan.services:
            behaviour = self._world.behaviour(planned.service_id)
            if behaviour.build_fails:
                yield Prepared(planned.service_id, False, "build/failed", "the build failed")
            else:
                yield Prepared(planned.service_id, True)

    async def apply(self, service_id: str, revision: str, key: str, fence: int) -> Outcome:
        world, behaviour = self._world, self._world.behaviour(service_id)
        tried = world.tried(key)
        await asyncio.sleep(behaviour.accept_seconds)
        if behaviour.refused_for_good:
            return Refused(behaviour.refused_for_good, "refused by the script")
        attempt = int(key.rsplit("/", 1)[-1])
        if attempt <= behaviour.refuse:
            return Refused("simulated/busy", "refused for now by the script", temporary=True)
        if tried <= behaviour.lose_before:
            raise TemporaryError("the connection broke before the effect was sent")
        outcome = world.apply(service_id, revision, key, fence)
        if tried <= behaviour.lose_before + behaviour.lose_after:
            raise TemporaryError("the connection broke before the answer came")
        return outcome

    async def restore(self, service_id: str, revision: str, key: str, fence: int) -> Outcome:
        return self._world.apply(service_id, revision, key, fence)

    async def stop(self, service_id: str, key: str, fence: int) -> Outcome:
        return self._world.stop(service_id, key, fence)

    async def observe(self) -> AsyncIterator[Observation]:
        queue = self._world.watch()
        try:
            for name in sorted(self._world.runs):
                yield self._world.seen(name)
            yield Synced(frozenset(self._world.runs))
            while True:
                yield self._world.seen(await queue.get())
        finally:
            self._world.unwatch(queue)

    async def probe(self, service_id: str, probe: Probe) -> Evidence:
        await asyncio.sleep(0.001)
        now, run = self._world.now(), self._world.runs.get(service_id)
        if run is None or run.exited(now):
            return _nobody(service_id, probe, now)
        match probe:
            case HealthProbe(workload):
                return self._health(run, workload, now)
            case ReadinessProbe():
                return self._readiness(run, now)
            case ConnectionProbe(owner):
                answer = Answer.OK if self._reaches(run, owner, now) else Answer.FAILED
                return Connection(service_id, _instance(run), owner, now, answer)
            case RequestProbe(count):
                return self._requests(run, count, now)
            case ContractProbe():
                return _contract(run, now)
            case EventProbe():
                return unread(service_id, now)

    async def signals(self) -> AsyncIterator[Signal]:
        told: dict[str, tuple[int, int]] = {}
        while True:
            for signal in self._new_signals(told):
                yield signal
            await asyncio.sleep(0.1)

    async def logs(self, service_id: str, since: Instant, limit: int) -> AsyncIterator[LogLine]:
        starts = [run for run in self._world.starts if run.service_id == service_id]
        for run in starts[-limit:]:
            if run.began >= since:
                text = f"start {run.number} at revision {run.revision[:12]}"
                yield LogLine(service_id, run.workloads[0], run.began, text)

    def _new_signals(self, told: dict[str, tuple[int, int]]) -> list[Signal]:
        """Each run tells of each kind once a second, as long as it lives; in a crowd less often.

        `told` maps a service to its run and the beat that was told of last.
        """
        now, found = self._world.now(), list[Signal]()
        every = max(1.0, len(self._world.runs) / _CROWD)
        for name, run in self._world.runs.items():
            first = run.began + run.behaviour.signals_after
            if now < first:
                continue
            mark = (run.number, int((now - first) / every))
            if told.get(name) == mark or run.exited(now):
                continue
            told[name] = mark
            instance, count = _instance(run), int(now - first) + 1
            found += [
                Signal(name, kind, run.served(), instance, first, now, count)
                for kind in SignalKind
                if kind not in run.behaviour.missing_signals
            ]
        return sorted(found, key=lambda signal: signal.service_id)

    def _health(self, run: Run, workload: str, now: Instant) -> Health:
        asked = self._world.health_asked.get(run.service_id, 0) + 1
        self._world.health_asked[run.service_id] = asked
        good = run.healthy(now) and not (run.behaviour.flaps and asked % 2)
        if good:
            return Health(run.service_id, workload, _instance(run, workload), now, Answer.OK)
        detail = "503 not ready" if run.healthy(now) else "connection refused"
        answer = Answer.FAILED if run.healthy(now) else Answer.NOBODY
        return Health(run.service_id, workload, _instance(run, workload), now, answer, detail)

    def _readiness(self, run: Run, now: Instant) -> Dependencies:
        named = [o for o in self._owners.get(run.service_id, ()) if o not in run.behaviour.unnamed]
        owners = {owner: self._reaches(run, owner, now) for owner in named}
        answer = Answer.OK if all(owners.values()) and run.healthy(now) else Answer.FAILED
        return Dependencies(run.service_id, _instance(run), now, answer, owners)

    def _reaches(self, run: Run, owner: str, now: Instant) -> bool:
        other = self._world.runs.get(owner)
        up = other is not None and other.healthy(now)
        return up and owner not in run.behaviour.unreachable

    def _requests(self, run: Run, count: int, now: Instant) -> Requests:
        instance = _instance(run)
        total, errors = self._world.requests.get(instance, (0, 0))
        total += count
        share = run.behaviour.error_share if run.healthy(now) else 1.0
        errors += round(count * share)
        self._world.requests[instance] = (total, errors)
        return Requests(run.service_id, instance, now, total, errors)


def _instance(run: Run, workload: str | None = None) -> str:
    return f"{run.service_id}.{workload or run.workloads[0]}.{run.number}"


def _nobody(service_id: str, probe: Probe, now: Instant) -> Evidence:
    detail = "connection refused"
    match probe:
        case HealthProbe(workload):
            return Health(service_id, workload, "", now, Answer.NOBODY, detail)
        case ReadinessProbe():
            return Dependencies(service_id, "", now, Answer.NOBODY, {}, detail)
        case ConnectionProbe(owner):
            return Connection(service_id, "", owner, now, Answer.UNKNOWN, detail)
        case RequestProbe(count):
            return Requests(service_id, "", now, count, count, detail)
        case ContractProbe():
            return _no_contract(service_id, now)
        case EventProbe():
            return unread(service_id, now)


def _contract(run: Run, now: Instant) -> Boundary:
    """What its answers are beside its contract, by its script."""
    name, breaks = run.service_id, run.behaviour.breaks
    if breaks is None:
        return Boundary("", name, "a contract", _instance(run), now, Answer.OK, "as promised")
    detail = "by its script"
    return Boundary("", name, "a contract", _instance(run), now, Answer.FAILED, detail, breaks)


def _no_contract(service_id: str, now: Instant) -> Boundary:
    """A simulated service gives no answers that a contract could be held against."""
    return Boundary("", service_id, "", "", now, Answer.UNKNOWN, "it is simulated")
