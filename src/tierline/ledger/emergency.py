"""The issue that a broken glass leaves: what was passed stays open until it is passed in earnest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from tierline.ledger.acts import marked
from tierline.ledger.identity import issue_id
from tierline.ledger.model import Deed, Issue, IssueState
from tierline.ledger.words import command, selected
from tierline.rollout.state import State, Status

BREAK_GLASS = "rollout/break-glass"


def emergency(state: State) -> tuple[Issue, ...]:
    """The one issue of a rollout that began past gates, from its first moment; none of another."""
    asked = state.requested
    if not asked.break_glass:
        return ()
    planned = tuple(state.index.services)
    passed = "; ".join(asked.passed) or "nothing"
    return (
        Issue(
            id=issue_id(state.plan.environment, state.rollout, BREAK_GLASS),
            service_id="",
            code=BREAK_GLASS,
            message=f"{asked.requested_by} broke the glass: {asked.break_glass}; passed: {passed}",
            impact=f"{_count(planned)} went out without the consent of gates or people",
            next_action="mend what was passed, then: "
            + command(state, selected("rollout", state.plan)),
            state=IssueState.OPEN,
            rollout=state.rollout,
            opened_at=state.requested_at,
            changed_at=state.requested_at,
            services=planned,
        ),
    )


def redeemed(state: State, known: Iterable[Issue]) -> Iterator[Issue]:
    """Earlier such issues, less the services of a rollout that completed in earnest since."""
    if state.status is not Status.COMPLETED or state.requested.break_glass:
        return
    ended_at = state.ended_at or state.requested_at
    for issue in known:
        left = tuple(name for name in issue.services if name not in state.index.services)
        newer = issue.state is IssueState.OPEN and state.requested_at > issue.opened_at
        if issue.code == BREAK_GLASS and newer and left != issue.services:
            less = replace(issue, services=left, rollout=state.rollout, changed_at=ended_at)
            if left:
                yield replace(less, impact=f"{_count(left)} still to be rolled out")
            else:
                closed = replace(less, state=IssueState.CLOSED)
                yield marked(closed, ended_at, Deed.CLOSED, "all of it was rolled out in earnest")


def _count(names: tuple[str, ...]) -> str:
    return f"{len(names)} service{'' if len(names) == 1 else 's'}"
