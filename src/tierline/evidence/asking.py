"""One question to a service at a time, with every way of not getting an answer; knows no pace."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from tierline.errors import PermanentError, TemporaryError
from tierline.evidence.clock import Clock
from tierline.evidence.view import View
from tierline.facts.evidence import (
    Answer,
    Boundary,
    Connection,
    Dependencies,
    Evidence,
    Health,
    Requests,
)
from tierline.facts.instant import Instant
from tierline.facts.probe import (
    ConnectionProbe,
    ContractProbe,
    EventProbe,
    HealthProbe,
    Probe,
    ReadinessProbe,
    RequestProbe,
)

PATIENCE_SECONDS = 5.0
"""how long one answer is waited for"""
SAMPLE_PATIENCE_SECONDS = 30.0
"""how long a batch of requests is waited for"""
QUIET_TRIES = 3
"""temporary errors in a row after which they are told as an unknown answer"""

Emit = Callable[[Evidence], None]
Telling = Callable[[Evidence], Evidence | None]


def whole(fact: Evidence) -> Evidence | None:
    """Tell all of it."""
    return fact


class Asking:
    """Asks one probe again and again; tells each fact to `emit`, at once."""

    def __init__(self, view: View, service_id: str, clock: Clock, emit: Emit) -> None:
        self._view = view
        self._service_id = service_id
        self._clock = clock
        self._emit = emit
        self._tries: dict[Probe, int] = {}

    async def ask(self, probe: Probe, told: Telling = whole) -> Evidence | None:
        """The fact found out; None where nothing was: it will be asked again.

        `told` says what of it is told. A permanent error and a late answer are facts too: nobody knows (`Answer.UNKNOWN`).
        """
        sampling = isinstance(probe, RequestProbe)
        patience = SAMPLE_PATIENCE_SECONDS if sampling else PATIENCE_SECONDS
        try:
            async with asyncio.timeout(patience):
                fact = await self._view.probe(self._service_id, probe)
        except TemporaryError as error:
            self._tries[probe] = self._tries.get(probe, 0) + 1
            if self._tries[probe] < QUIET_TRIES:
                return None
            fact = self._unknown(probe, error.message)
        except PermanentError as error:
            fact = self._unknown(probe, error.message)
        except TimeoutError:
            fact = self._unknown(probe, f"no answer within {patience:g} s")
        else:
            self._tries.pop(probe, None)
        shown = told(fact)
        if shown is not None:
            self._emit(shown)
        return fact

    def _unknown(self, probe: Probe, detail: str) -> Evidence:
        return unknown(self._service_id, probe, self._clock.now(), detail)


def unknown(service_id: str, probe: Probe, at: Instant, detail: str) -> Evidence:
    """The evidence that a probe found out nothing."""
    match probe:
        case HealthProbe(workload):
            return Health(service_id, workload, "", at, Answer.UNKNOWN, detail)
        case ReadinessProbe():
            return Dependencies(service_id, "", at, Answer.UNKNOWN, {}, detail)
        case ConnectionProbe(owner):
            return Connection(service_id, "", owner, at, Answer.UNKNOWN, detail)
        case RequestProbe():
            return Requests(service_id, "", at, 0, 0, detail)
        case ContractProbe():
            return Boundary("", service_id, "", "", at, Answer.UNKNOWN, detail)
        case EventProbe():
            return Boundary("", service_id, "", "", at, Answer.UNKNOWN, detail, events=True)
