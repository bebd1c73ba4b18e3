"""An entry of the ledger, as a value."""

from __future__ import annotations

from enum import StrEnum

from tierline.facts.instant import Instant
from tierline.frozen import frozen


class IssueState(StrEnum):
    """An issue re-opens rather than doubles."""

    OPEN = "open"
    CLOSED = "closed"


@frozen
class Issue:
    """Something unresolved: who is hit, what to do next, on what evidence.

    `id` follows from environment, service and cause, so the same trouble has the same id.
    `impact` names dependents and tier in words; `next_action` is a command where there is one.
    `service_id` "" concerns a release: then `services` are those of it that are still open.
    """

    id: str
    service_id: str
    code: str
    message: str
    impact: str
    next_action: str
    state: IssueState
    rollout: str
    opened_at: Instant
    changed_at: Instant
    reopened: int = 0
    services: tuple[str, ...] = ()
