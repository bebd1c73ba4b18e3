"""The ledger as text and as JSON: what is unresolved, whom it hits, what to do; knows no store."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

from tierline.ledger.model import Issue, IssueState
from tierline.report.layout import wrapped
from tierline.report.style import clean
from tierline.report.times import stamp

SCHEMA = "tierline/issues/1"


def issues_json(issues: Iterable[Issue]) -> str:
    """The document `schemas/issues-1.json`."""
    document = {"schema": SCHEMA, "issues": [_full(one) for one in issues]}
    return json.dumps(document, indent=2) + "\n"


def issues_text(issues: Sequence[Issue], columns: int = 80) -> str:
    """Open issues first, the oldest first; one sentence where there are none."""
    if not issues:
        return "nothing is unresolved\n"
    ranked = sorted(issues, key=lambda one: (one.state is IssueState.CLOSED, one.opened_at, one.id))
    return "\n".join("\n".join(issue_lines(one, columns)) for one in ranked) + "\n"


def issue_lines(issue: Issue, columns: int, *, told: bool = False) -> list[str]:
    """An issue in lines that begin with two blanks; a closed one has no next action.

    `told`: its message was read above already.
    """
    closed = issue.state is IssueState.CLOSED
    notes = [issue.code, *(["closed"] if closed else []), *_again(issue)]
    message = "as above" if told else issue.message
    said = f"{issue.service_id}: {message} [{', '.join(notes)}]"
    first = f"  {clean(issue.id)}  "
    if closed:
        return wrapped(said, columns, first)
    return [
        *wrapped(said, columns, first),
        *wrapped(issue.impact, columns, "    impact  "),
        *wrapped(issue.next_action, columns, "    next    "),
    ]


def _again(issue: Issue) -> list[str]:
    if not issue.reopened:
        return []
    return ["re-opened" if issue.reopened == 1 else f"re-opened {issue.reopened} times"]


def issue_document(issue: Issue) -> Mapping[str, object]:
    """What a report says of an issue."""
    return {
        "id": issue.id,
        "service_id": issue.service_id,
        "code": issue.code,
        "message": issue.message,
        "impact": issue.impact,
        "next_action": issue.next_action,
        "state": str(issue.state),
    }


def _full(issue: Issue) -> Mapping[str, object]:
    return {
        **issue_document(issue),
        "rollout_id": issue.rollout,
        "opened_at": stamp(issue.opened_at),
        "changed_at": stamp(issue.changed_at),
        "reopened": issue.reopened,
    }
