"""How a rollout went, as a value that every rendering shares; knows no format."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tierline.boundary.table import Table
from tierline.facts.decision import Decision
from tierline.facts.instant import Instant
from tierline.frozen import frozen
from tierline.plan.model import Blocker, Overruled
from tierline.report.asked import FULL

if TYPE_CHECKING:
    from tierline.ledger.model import Issue
    from tierline.rollout.blocked import Blocked

SCHEMA = "tierline/report/1"
UNENDED = "nobody ended it"
"""why a watch came to nothing that goes on still, or whose watcher was killed"""
REFUSED = "refused"
"""state of a rollout that never began because its plan was not GO"""


SKIPPED = "skipped"
"""state of a service that was selected and left out of the plan"""


@frozen
class ServiceReport:
    """One planned service. `attempts` counts effects; times are None for what did not happen.

    `reason` says why it is not GO, or what is worth knowing although it is; `chain` leads from it
    to the service that decides, itself first. `revision` is the planned one.
    """

    service_id: str
    state: str
    decision: Decision
    code: str
    reason: str
    blocked_by: tuple[Blocked, ...]
    chain: tuple[str, ...]
    attempts: int
    started_at: Instant | None
    verified_at: Instant | None
    revision: str
    batch: str
    effective_tier: int

    @property
    def verified(self) -> bool:
        """Whether it was seen to work at the planned revision."""
        return self.decision is Decision.GO and self.verified_at is not None


@frozen
class BatchReport:
    """A batch is as good as its worst service."""

    id: str
    decision: Decision
    services: tuple[ServiceReport, ...]


@frozen
class RollbackStep:
    """What a rollback did to one service."""

    service_id: str
    action: str
    outcome: str
    reason: str


@frozen
class RollbackRefusal:
    """Why something cannot go back: `chain` leads from what failed to it, a sentence a link."""

    code: str
    service_id: str
    chain: tuple[str, ...]


@frozen
class FollowUp:
    """A command that leads on, and what it is for."""

    command: str
    purpose: str


@frozen
class Cause:
    """Something that keeps services from being GO, and whom. `service_id` None: not a service."""

    service_id: str | None
    state: str
    code: str
    message: str
    waiting: tuple[ServiceReport, ...]


@frozen
class Watched:
    """What the newest watch of a rollout came to; `reason` says why it ended early, "" if not."""

    decision: Decision
    reason: str
    began_at: Instant
    ended_at: Instant | None
    seconds: float


@frozen
class BreakGlass:
    """That a person passed gates: who, why, and what (a line a code, with its services)."""

    by: str
    reason: str
    passed: tuple[str, ...]


@frozen
class Approved:
    """An approval that let a rollout begin."""

    approver: str
    key: str
    at: Instant


@frozen
class Report:
    """The whole of it. `order` lists services as they were first started.

    `rollout_id` is "" and `state` is `refused` where nothing began. `services` come in the plan's
    order. `checkpoint` is the tier or batch after which a person is waited for. `issues` are those that are open, and those that this rollout closed.
    """

    rollout_id: str
    plan_digest: str
    mesh: str
    environment: str
    target: str
    decision: Decision
    state: str
    reason: str
    requested_at: Instant | None
    ended_at: Instant | None
    bound_seconds: float
    order: tuple[str, ...]
    services: tuple[ServiceReport, ...]
    batches: tuple[BatchReport, ...]
    blockers: tuple[Blocker, ...]
    causes: tuple[Cause, ...]
    overruled: tuple[Overruled, ...]
    rollback: tuple[RollbackStep, ...]
    issues: tuple[Issue, ...]
    follow_up: tuple[FollowUp, ...]
    checkpoint: str = ""
    watch: Watched | None = None
    approved_by: tuple[Approved, ...] = ()
    break_glass: BreakGlass | None = None
    rollback_refused: tuple[RollbackRefusal, ...] = ()
    rollback_remarks: tuple[str, ...] = ()
    evidence: str = FULL
    boundaries: Table | None = None
