"""A service on virtual time that answers probes by its script, and a watch over it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TypeVar

import pytest

from judgements import OWNERS, SERVICE, expecting
from tierline.conductor.virtual import EPOCH, VirtualClock, run_virtually
from tierline.errors import TierlineError
from tierline.evidence.watch import watch
from tierline.facts.evidence import (
    Answer,
    Boundary,
    Connection,
    Dependencies,
    Evidence,
    Health,
    Requests,
)
from tierline.facts.probe import (
    ConnectionProbe,
    ContractProbe,
    EventProbe,
    HealthProbe,
    Probe,
    ReadinessProbe,
    RequestProbe,
)
from tierline.verification.model import Expectation

T = TypeVar("T")
TRIP = 0.002
"""seconds that an answer takes"""


@dataclass
class World:
    """A service by its script: each function of the seconds since the watch began."""

    healthy: Callable[[str, float], Answer] = lambda workload, at: Answer.OK
    reached: Callable[[float], dict[str, bool]] = lambda at: dict.fromkeys(OWNERS, True)
    connects: Callable[[str, float], Answer] = lambda owner, at: Answer.OK
    failing: Callable[[Probe, float], TierlineError | None] = lambda probe, at: None
    errors: Callable[[int], int] = lambda total: 0
    hangs: Callable[[Probe, float], bool] = lambda probe, at: False
    instance: Callable[[str, float], str] = lambda workload, at: f"{workload}-1"
    asked: list[tuple[float, Probe]] = field(default_factory=list)
    counted: dict[str, int] = field(default_factory=dict)

    async def probe(self, service_id: str, probe: Probe) -> Evidence:
        assert service_id == SERVICE
        began = elapsed()
        self.asked.append((began, probe))
        if self.hangs(probe, began):
            await asyncio.Event().wait()
        await asyncio.sleep(TRIP)
        error = self.failing(probe, began)
        if error is not None:
            raise error
        return self.answer(probe, began)

    def answer(self, probe: Probe, at: float) -> Evidence:
        now, api = EPOCH + at, self.instance("api", at)
        match probe:
            case HealthProbe(workload):
                said = self.healthy(workload, at)
                return Health(SERVICE, workload, self.instance(workload, at), now, said)
            case ReadinessProbe():
                return Dependencies(SERVICE, api, now, Answer.OK, self.reached(at))
            case ConnectionProbe(owner):
                return Connection(SERVICE, api, owner, now, self.connects(owner, at))
            case RequestProbe(count):
                total = self.counted[api] = self.counted.get(api, 0) + count
                return Requests(SERVICE, api, now, total, self.errors(total))
            case ContractProbe():
                return Boundary("", SERVICE, "", api, now, Answer.OK)
            case EventProbe():
                return Boundary("", SERVICE, "", api, now, Answer.OK, "3 events", events=True)

    def times(self, kind: type[Probe], workload: str = "api") -> list[float]:
        """When probes of a kind were sent (of one workload, for health)."""
        return [
            at
            for at, probe in self.asked
            if isinstance(probe, kind) and getattr(probe, "workload", workload) == workload
        ]


def elapsed() -> float:
    return asyncio.get_running_loop().time()


def watched(
    world: World, seconds: float, expectation: Expectation | None = None
) -> list[tuple[float, Evidence]]:
    """Watch for that long; returns what was told, each with the second at which it was."""
    told: list[tuple[float, Evidence]] = []

    async def run() -> None:
        expected = expectation or expecting(since=EPOCH, deadline=EPOCH + 60)

        def emit(fact: Evidence) -> None:
            told.append((elapsed(), fact))

        task = asyncio.create_task(watch(world, expected, VirtualClock(), emit))
        await asyncio.sleep(seconds)
        if task.done():
            await task
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        left = asyncio.all_tasks() - {asyncio.current_task()}
        assert not left

    run_virtually(run())
    return told


def facts(told: list[tuple[float, Evidence]], kind: type[T]) -> list[T]:
    return [fact for _, fact in told if isinstance(fact, kind)]


def boot_at(second: float) -> Callable[[str, float], Answer]:
    return lambda workload, at: Answer.OK if at >= second else Answer.NOBODY


def gaps(times: list[float]) -> list[float]:
    return [round(later - earlier, 3) for earlier, later in pairwise(times)]
