"""What the conductor asks of whatever runs services. Targets never retry: `decide` does."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator
from typing import Protocol

from tierline.errors import PermanentError
from tierline.facts.evidence import Evidence, Signal
from tierline.facts.instant import Instant
from tierline.facts.observation import Observation, Outcome
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
from tierline.frozen import frozen
from tierline.plan.model import Plan

__all__ = [
    "LEASE_LOST",
    "Capabilities",
    "ConnectionProbe",
    "ContractProbe",
    "EventProbe",
    "Fence",
    "HealthProbe",
    "Holder",
    "LeaseHeld",
    "LogLine",
    "Prepared",
    "Probe",
    "ReadinessProbe",
    "RequestProbe",
    "Target",
]


@frozen
class Capabilities:
    """What a target can observe and enforce; what it cannot is unknown, never assumed."""

    name: str
    enforces_fence: bool
    observes_sessions: bool
    """it can say which instance answered a probe"""
    receives_signals: bool
    holds_contracts: bool = False
    """it can hold a service's answers against its contract"""


@frozen
class Holder:
    """Who conducts: enough to see on the same boot whether it still lives.

    `started` counts clock ticks from boot to the start of its process (0: not known): setting the
    wall clock does not move it. `task` is its command, `folder` the checkout that it works in.
    """

    name: str
    host: str
    boot: str
    pid: int
    started: int
    task: str = ""
    folder: str = ""

    def __str__(self) -> str:
        command = f"tierline {self.task}, " if self.task else ""
        folder = f", in {self.folder}" if self.folder else ""
        return f"{self.name} ({command}pid {self.pid} on {self.host}{folder})"


@frozen
class Fence:
    """A lease won. `token` grows with every holder; claim again before `until` to keep it."""

    token: int
    holder: Holder
    until: Instant


LEASE_LOST = "lease/lost"
"""the code with which an effect is refused whose fence somebody else has overtaken"""


_BRIEF = ("down", "hold", "abort")
"""tasks that take the lease for a moment, and hear nobody meanwhile"""
_FIXES = {
    **dict.fromkeys(_BRIEF, "wait for its end, then run the same command again"),
    "": "wait for its end (tierline status shows it), or ask it to stop: tierline hold",
    "watch": "wait for its end (tierline status shows it), or interrupt it; a rollout ends it",
}
"""task of whoever has the lease -> what to do about it"""


class LeaseHeld(PermanentError):  # noqa: N818 - a fact about the world, not a mistake
    """Somebody else conducts this environment; `token` is theirs, `rollout` theirs if known."""

    def __init__(
        self, holder: Holder, since: Instant, until: Instant, token: int = 0, rollout: str = ""
    ) -> None:
        what = f"{rollout} in this environment" if rollout else "this environment"
        super().__init__(
            f"{holder} conducts {what}"
            f" since {dt.datetime.fromtimestamp(since, dt.UTC):%Y-%m-%d %H:%M:%S} UTC",
            code="lease/held",
            fix=_FIXES.get(holder.task, _FIXES[""]),
        )
        self.holder, self.since, self.until = holder, since, until
        self.token, self.rollout = token, rollout

    @property
    def hears(self) -> bool:
        """Whether what is asked of its holder is taken up: `down` and the like conduct nothing."""
        return self.holder.task not in _BRIEF

    def conducting(self, rollout: str) -> LeaseHeld:
        """The same, with the rollout's name."""
        return LeaseHeld(self.holder, self.since, self.until, self.token, rollout)


@frozen
class Prepared:
    """A service is built and staged (`ok`), or is not and `detail` says why (`code` build/...)."""

    service_id: str
    ok: bool
    code: str = ""
    detail: str = ""


class Target(Protocol):
    """All calls may raise TemporaryError or PermanentError, and nothing of a library's.

    `apply`, `restore` and `stop` return on acceptance and are idempotent by key: a key that was
    accepted before is accepted again and does nothing. A fence lower than the highest seen is
    refused (`lease/lost`).
    """

    def capabilities(self) -> Capabilities: ...

    async def claim(self, environment: str, holder: Holder, above: int = 0) -> Fence:
        """Win or keep the lease; LeaseHeld names who has it.

        A lease that is won has a token greater than `above`.
        """
        ...

    async def release(self, fence: Fence) -> None:
        """Give the lease back; harmless when it is already lost."""
        ...

    async def available(self, service_id: str, revision: str) -> bool:
        """Whether this revision could be started now without building anything.

        TemporaryError where nobody can say.
        """
        ...

    def prepare(self, plan: Plan) -> AsyncIterator[Prepared]:
        """Build, pull, stage everything planned, in parallel; one item a service."""
        ...

    async def apply(self, service_id: str, revision: str, key: str, fence: int) -> Outcome: ...

    async def restore(self, service_id: str, revision: str, key: str, fence: int) -> Outcome: ...

    async def stop(self, service_id: str, key: str, fence: int) -> Outcome: ...

    def observe(self) -> AsyncIterator[Observation]:
        """Everything now, then `Synced`, then changes as they happen; `Lost` when it breaks."""
        ...

    async def probe(self, service_id: str, probe: Probe) -> Evidence:
        """One fact, found out now."""
        ...

    def signals(self) -> AsyncIterator[Signal]:
        """Telemetry as it arrives, beginning with what is known already."""
        ...

    def logs(self, service_id: str, since: Instant, limit: int) -> AsyncIterator[LogLine]:
        """The newest `limit` lines since then, oldest first."""
        ...
