"""What must be seen of a service, what was seen, and what follows, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum

from tierline.facts.decision import Severity
from tierline.facts.evidence import (
    Boundary,
    Connection,
    Dependencies,
    Health,
    Requests,
    Signal,
    SignalKind,
)
from tierline.facts.instant import Instant
from tierline.facts.observation import Seen
from tierline.frozen import frozen
from tierline.policy.model import Demand, EventSource, Limits


@frozen
class Freshness:
    """How many seconds old the newest evidence of a kind may be before it counts as missing."""

    health: float
    reached: float
    requests: float
    signals: float


@frozen
class Expectation:
    """What "verified" demands of one service.

    `revision` "" accepts whichever runs (an owner outside the plan). `key` "" accepts whichever
    effect started it (unchanged). Evidence counts only from `since` on, telemetry of an instance
    that `key` started always; `deadline` is when missing evidence stops being awaited. `owners`
    must be reachable from the service's side.
    `verified_before` says that it worked once since it was started: what is absent is gone then.
    `fresh` is asked of a service that is watched: what it showed once, it has to go on showing.
    `contract`: its answers are held against its contract, which has to be waited for.
    `bus`: where its events are read, to be held against their contracts.
    `status_only`: nobody is asked; what the target itself says of the instances is all there is.
    `bystanders`: where the policy holds only consumers of what broke, those that run and that nobody
    could hold; None where it fails the service.
    """

    service_id: str
    revision: str
    key: str
    since: Instant
    deadline: Instant
    workloads: tuple[str, ...]
    serves_http: bool
    owners: tuple[str, ...]
    signals: Mapping[SignalKind, Demand]
    limits: Limits
    verified_before: bool = False
    fresh: Freshness | None = None
    contract: bool = False
    bus: EventSource | None = None
    status_only: bool = False
    bystanders: tuple[str, ...] | None = None


@frozen
class Observations:
    """The evidence at hand about one service.

    `health` holds every answer since the expectation began, oldest first (flaps are visible in
    it); of all else the latest fact per subject is enough.
    """

    seen: Seen | None = None
    health: tuple[Health, ...] = ()
    dependencies: Dependencies | None = None
    connections: Mapping[str, Connection] = field(default_factory=dict[str, Connection])
    signals: tuple[Signal, ...] = ()
    requests: Requests | None = None
    boundaries: tuple[Boundary, ...] = ()


@frozen
class Condition:
    """One condition of "verified": how it stands, why, and the code that `explain` knows."""

    name: str
    status: Severity
    code: str
    message: str


class Standing(StrEnum):
    """Where a judgement stands. `UNDECIDED`: the deadline passed and evidence is still missing."""

    WAITING = "waiting"
    VERIFIED = "verified"
    FAILED = "failed"
    UNDECIDED = "undecided"


@frozen
class Verdict:
    """What `judge` says. `next_at` is when it may say otherwise without new evidence.

    `holds` are consumers of what does not hold of it live, where these are held and not itself.
    """

    standing: Standing
    conditions: tuple[Condition, ...]
    next_at: Instant | None = None
    holds: tuple[str, ...] = ()

    @property
    def decisive(self) -> Condition | None:
        """The condition that a person should read first: the worst, in the order of judging."""
        order = (Severity.FAIL, Severity.UNKNOWN, Severity.WARN)
        ranked = (c for status in order for c in self.conditions if c.status is status)
        return next(ranked, None)
