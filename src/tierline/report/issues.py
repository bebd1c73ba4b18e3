"""The ledger as text and as JSON: what is unresolved, whom it hits, what to do; knows no store."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

from tierline.ledger.acts import NOTED
from tierline.ledger.model import Issue, IssueState
from tierline.ledger.words import short
from tierline.policy.model import Waiver
from tierline.report.layout import wrapped
from tierline.report.names import short_names
from tierline.report.style import clean
from tierline.report.times import stamp

SCHEMA = "tierline/issues/1"
_FEW = 3
"""issues of one code that are told each"""
_NAMED = 12


def issues_json(issues: Iterable[Issue], waivers: Iterable[Waiver] = ()) -> str:
    """The document `schemas/issues-1.json`; `waivers` are those of the policy that count now."""
    known = tuple(waivers)
    document = {"schema": SCHEMA, "issues": [_full(one, known) for one in issues]}
    return json.dumps(document, indent=2) + "\n"


def issues_text(issues: Sequence[Issue], columns: int = 80) -> str:
    """Open issues first, the oldest first; one sentence where there are none.

    Many open ones of one code, each of another service, are told once.
    """
    if not issues:
        return "nothing is unresolved\n"
    ranked = sorted(issues, key=lambda one: (one.state is IssueState.CLOSED, one.opened_at, one.id))
    still = [one for one in ranked if one.state is IssueState.OPEN]
    lines = open_lines(still, columns)
    for one in ranked[len(still) :]:
        lines += issue_lines(one, columns)
    return "\n".join(lines) + "\n"


def open_lines(
    issues: Sequence[Issue], columns: int, told: frozenset[tuple[str, str]] = frozenset()
) -> list[str]:
    """Open issues in lines: first those of which there are few, then each frequent code once.

    `told` has service and message of what was read above already.
    """
    by_code: dict[str, list[Issue]] = {}
    for issue in issues:
        by_code.setdefault(issue.code, []).append(issue)
    lines: list[str] = []
    for issue in issues:
        if len(by_code[issue.code]) <= _FEW or (issue.service_id, issue.message) in told:
            known = (issue.service_id, issue.message) in told
            lines += issue_lines(issue, columns, told=known)
    for code, same in by_code.items():
        rest = [one for one in same if (one.service_id, one.message) not in told]
        if len(same) > _FEW and rest:
            lines += _folded(code, rest, columns)
    return lines


def _folded(code: str, same: Sequence[Issue], columns: int) -> list[str]:
    """Many issues of one code: how many, whose, and one of them as an example."""
    first = same[0]
    short = short_names(one.service_id for one in same)
    names = ", ".join(short[one.service_id] for one in same[:_NAMED])
    more = len(same) - _NAMED
    names += f" and {more} more" if more > 0 else ""
    said = f"{len(same)} issues [{code}], such as {first.service_id}: {first.message}"
    return [
        *wrapped(said, columns, f"  {clean(first.id)}  "),
        *wrapped(names, columns, "    of      "),
        *wrapped(first.next_action, columns, "    next    "),
    ]


def issue_lines(issue: Issue, columns: int, *, told: bool = False) -> list[str]:
    """An issue in lines that begin with two blanks; a closed one has no next action.

    `told`: its message was read above already.
    """
    closed = issue.state is IssueState.CLOSED
    owner = [f"for {issue.assignee}"] if issue.assignee and not closed else []
    notes = [issue.code, *(["closed"] if closed else []), *_again(issue), *owner]
    message = "as above" if told else issue.message
    said = f"{subject(issue)}: {message} [{', '.join(notes)}]"
    first = f"  {clean(issue.id)}  "
    if closed:
        return wrapped(said, columns, first)
    return [
        *wrapped(said, columns, first),
        *wrapped(issue.impact, columns, "    impact  "),
        *wrapped(issue.next_action, columns, "    next    "),
    ]


def subject(issue: Issue) -> str:
    """Whom an issue is about, in words."""
    return issue.service_id or "the release"


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


def evidence_of(issue: Issue) -> str:
    """Where the facts of an issue are: what its author refers to, or a command that shows them."""
    if issue.evidence or issue.code == NOTED:
        return issue.evidence
    if not issue.service_id or not issue.rollout:
        return f"tierline report {issue.rollout}" if issue.rollout else ""
    return f"tierline why {issue.rollout} {short(issue.service_id)}"


def waivers_of(issue: Issue, waivers: Iterable[Waiver]) -> tuple[Waiver, ...]:
    """Those that name the issue, or excuse its cause; each perhaps only some findings of it."""
    return tuple(
        one
        for one in waivers
        if one.issue == issue.id
        or (one.code == issue.code and one.service_id in {None, issue.service_id})
    )


def _full(issue: Issue, waivers: tuple[Waiver, ...]) -> Mapping[str, object]:
    return {
        **issue_document(issue),
        "rollout_id": issue.rollout,
        "opened_at": stamp(issue.opened_at),
        "changed_at": stamp(issue.changed_at),
        "reopened": issue.reopened,
        "assignee": issue.assignee,
        "evidence": evidence_of(issue),
        "history": [
            {
                "at": stamp(mark.at),
                "deed": str(mark.deed),
                "by": mark.by,
                "rollout_id": mark.rollout,
                "text": mark.text,
            }
            for mark in issue.history
        ],
        "waivers": [
            {
                "code": one.code,
                "reason": one.reason,
                "author": one.author,
                "expires": stamp(one.expires),
            }
            for one in waivers_of(issue, waivers)
        ],
    }
