"""A report as Markdown for a pull request or a wiki; foreign text cannot become markup."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from tierline.ledger.model import IssueState
from tierline.report.admission import admission_markdown
from tierline.report.asked import unasked
from tierline.report.boundaries import COLUMNS, TITLES, bad, by_boundary, counted, sentence
from tierline.report.issues import subject
from tierline.report.model import Cause, Report
from tierline.report.style import code, markdown
from tierline.report.words import (
    about,
    attempts,
    headline,
    holds,
    in_order,
    members,
    overruled,
    parted,
    since_start,
    standing,
    status,
    told_left_out,
    tree,
)

_BOUNDARIES = 50
"""boundaries in the table, worst first"""
_WAITING = 50
"""services behind one cause that are listed; the rest is counted"""


def to_markdown(report: Report) -> str:
    """The whole report, ending with a line feed."""
    blocks = [
        f"# {report.decision}: {markdown(headline(report))}",
        _about(report),
        *([f"**Note**: {said}."] if (said := unasked(report.evidence)) else []),
        *admission_markdown(report),
        *_part("Batches", _batches(report)),
        *_part("Order used", _order(report)),
        *_part("Left out", _left_out(report)),
        *_part("Blockers", [line for cause in report.causes for line in _cause(cause)]),
        *_part("Contracts across revisions", _contracts(report)),
        *_part("Overruled tiers", _overruled(report)),
        *_part("Rolled back", _rollback(report)),
        *_part("Unresolved, with what to do next", _issues(report)),
        *_part("Go on with", [f"- {code(one.command)}: {one.purpose}" for one in report.follow_up]),
    ]
    return "\n\n".join(blocks) + "\n"


def _part(title: str, lines: Sequence[str]) -> list[str]:
    return [f"## {title}", "\n".join(lines)] if lines else []


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    lines = [head, ["---"] * len(head), *rows]
    return [f"| {' | '.join(line)} |" for line in lines] if rows else []


def _about(report: Report) -> str:
    what = about(report)
    first = f"{markdown(what[:1].upper() + what[1:])}, plan {code(report.plan_digest[:12])}."
    said = status(report)
    return f"{first} {markdown(said)}." if said else first


def _batches(report: Report) -> list[str]:
    rows = [
        (
            markdown(batch.id),
            str(batch.decision),
            standing(batch),
            markdown(members(batch)),
        )
        for batch in report.batches
    ]
    return _table(("batch", "decision", "status", "services"), rows)


def _order(report: Report) -> list[str]:
    if not report.order:
        return []
    rows = [
        (
            str(number) if one.started_at is not None else "",
            markdown(one.service_id),
            since_start(report, one.started_at),
            since_start(report, one.verified_at),
            attempts(one),
            one.state,
        )
        for number, one in enumerate(in_order(report), 1)
    ]
    return _table(("", "service", "started", "verified", "attempts", "state"), rows)


def _cause(cause: Cause) -> list[str]:
    subject = f"**{markdown(cause.service_id)}** {cause.state}" if cause.service_id else ""
    said = ": ".join(part for part in (subject, markdown(cause.message)) if part)
    lines = [f"- {said}" + (f" ({code(cause.code)})" if cause.code else "")]
    if not cause.waiting:
        return lines
    lines.append(f"  - {holds(cause)}:")
    lines += [
        f"{'  ' * (depth + 2)}- {markdown(one.service_id)}"
        for depth, one in islice(tree(cause), _WAITING)
    ]
    more = len(cause.waiting) - _WAITING
    return [*lines, f"    - and {more} more"] if more > 0 else lines


def _contracts(report: Report) -> list[str]:
    """A boundary a line, a pair of revisions a cell; then each pair that does not fit."""
    table = report.boundaries
    if table is None or not table.pairs:
        return []
    found = list(by_boundary(table).items())
    rows = [
        (
            *(markdown(name) for name in key[:2]),
            code(key[2]) if key[2] else "no file",
            *(str(cells[place].fit) if place in cells else "" for place in COLUMNS),
        )
        for key, cells in found[:_BOUNDARIES]
    ]
    lines = [f"{counted(table)}", "", *_table(("consumer", "provider", "contract", *TITLES), rows)]
    told = [f"- {markdown(sentence(one))}" for one in bad(table)[:_BOUNDARIES]]
    return [*lines, "", *told] if told else lines


def _overruled(report: Report) -> list[str]:
    return [f"- {markdown(f'{one.service_id}: {overruled(one)}')}" for one in report.overruled]


def _left_out(report: Report) -> list[str]:
    return [f"- {markdown(told_left_out(one))}" for one in parted(report)[1]]


def _rollback(report: Report) -> list[str]:
    rows = [
        tuple(markdown(cell) for cell in (one.service_id, one.action, one.outcome, one.reason))
        for one in report.rollback
    ]
    return _table(("service", "action", "outcome", "reason"), rows)


def _issues(report: Report) -> list[str]:
    rows = [
        (
            markdown(one.id),
            markdown(subject(one)),
            f"{markdown(one.message)} ({code(one.code)})",
            markdown(one.impact),
            code(one.next_action) if one.state is IssueState.OPEN else "",
            str(one.state),
        )
        for one in report.issues
    ]
    return _table(("issue", "service", "what", "impact", "next", "state"), rows)
