"""Joins what a rollout leaves unresolved with the issues known before; knows no store and no clock.

The same trouble keeps its issue: it stays open, or re-opens when it was closed. An issue closes when
a judgement newer than it finds the service well and the trouble gone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from tierline.facts.instant import Instant
from tierline.ledger.acts import NOTED, marked
from tierline.ledger.derive import derive
from tierline.ledger.emergency import emergency, redeemed
from tierline.ledger.model import Deed, Issue, IssueState
from tierline.rollout.state import PASSED, State


def settle(state: State, known: Iterable[Issue]) -> tuple[Issue, ...]:
    """The issues that a rollout opens, re-opens, renews or closes: what has to be saved.

    `known` are all issues of the rollout's environment. Settling the same state again gives
    nothing: the answer follows from the state's own times.
    """
    before = {issue.id: issue for issue in known}
    found = {issue.id: issue for issue in (*derive(state), *emergency(state))}
    renewed = [_joined(before.get(issue.id), issue) for issue in found.values()]
    closed = [
        _closed(issue, state.rollout, at)
        for issue in before.values()
        if issue.id not in found
        and issue.state is IssueState.OPEN
        and issue.code != NOTED
        and (at := _passed_at(state, issue.service_id)) is not None
        and at > issue.changed_at
    ]
    changed = (*renewed, *closed, *redeemed(state, before.values()))
    return tuple(issue for issue in changed if before.get(issue.id) != issue)


def begun(state: State, known: Iterable[Issue]) -> tuple[Issue, ...]:
    """What is unresolved from the first moment of a rollout, and not known yet."""
    before = {issue.id for issue in known}
    return tuple(_joined(None, one) for one in emergency(state) if one.id not in before)


def opened(issues: Iterable[Issue]) -> tuple[Issue, ...]:
    """Those still open, oldest first."""
    still = (issue for issue in issues if issue.state is IssueState.OPEN)
    return tuple(sorted(still, key=lambda issue: (issue.opened_at, issue.service_id, issue.id)))


def _joined(before: Issue | None, found: Issue) -> Issue:
    """What was found, with the history of the issue that it continues."""
    if before is None:
        return marked(found, found.opened_at, Deed.OPENED, found.message)
    if before.changed_at > found.changed_at:
        return before
    going_on = replace(
        found,
        opened_at=before.opened_at,
        reopened=before.reopened,
        assignee=before.assignee,
        history=before.history,
        taken=before.taken,
    )
    if before.state is IssueState.OPEN:
        return going_on
    again = replace(going_on, reopened=before.reopened + 1)
    return marked(again, found.changed_at, Deed.REOPENED, found.message)


def _closed(issue: Issue, rollout: str, at: Instant) -> Issue:
    closed = replace(issue, state=IssueState.CLOSED, rollout=rollout, changed_at=at)
    return marked(closed, at, Deed.CLOSED, "a newer judgement found it well")


def _passed_at(state: State, service_id: str) -> Instant | None:
    """When this rollout found a service well; None if it did not."""
    if service_id not in state.progress or state.of(service_id).state not in PASSED:
        return None
    return state.of(service_id).since
