"""An entry of the ledger and what happened to it, as values."""

from __future__ import annotations

from enum import StrEnum

from tierline.facts.instant import Instant
from tierline.frozen import frozen


class IssueState(StrEnum):
    """An issue re-opens rather than doubles."""

    OPEN = "open"
    CLOSED = "closed"


class Deed(StrEnum):
    """What a rollout or a person did to an issue."""

    OPENED = "opened"
    REOPENED = "re-opened"
    ASSIGNED = "assigned"
    CLOSED = "closed"


@frozen
class Mark:
    """One line of an issue's history. `by` is a person, or "" where rollout `rollout` decided."""

    at: Instant
    deed: Deed
    by: str
    rollout: str
    text: str


@frozen
class Issue:
    """Something unresolved: who is hit, what to do next, on what evidence.

    `id` follows from environment, service and cause, so the same trouble has the same id.
    `impact` names dependents and tier in words; `next_action` is a command where there is one.
    `service_id` "" concerns a release: then `services` are those of it that are still open.
    `rollout` is the one that changed it last. `evidence` is what a person who added it refers to; of
    others it is that rollout's journal. `taken` is the last act of a person that it holds.
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
    evidence: str = ""
    assignee: str = ""
    history: tuple[Mark, ...] = ()
    taken: int = 0
