"""A report as plain text for a terminal or a log: the decision first; knows no colours."""

from __future__ import annotations

from tierline.ledger.model import IssueState
from tierline.report.admission import admission_text
from tierline.report.asked import unasked
from tierline.report.boundaries import bad, counted, sentence
from tierline.report.causes_text import cause_lines
from tierline.report.issues import open_lines
from tierline.report.layout import section, table, wrapped
from tierline.report.model import Report
from tierline.report.rollback import options
from tierline.report.style import clean
from tierline.report.words import (
    about,
    attempts,
    counts,
    headline,
    in_order,
    members,
    overruled,
    parted,
    since_start,
    standing,
    status,
    told_left_out,
)

_PAIRS = 20
"""pairs of revisions that do not fit, each with lines of its own; more are counted"""
_NEVER = 40
"""services that were never started, each with a line of its own; more are counted"""


def to_text(report: Report, columns: int = 80) -> str:
    """The whole report, ending with a line feed; lines are wrapped at `columns`."""
    lines = [
        *_head(report, columns),
        *section("Batches", _batches(report, columns)),
        *section("Order used", _order(report)),
        *section("Left out", _left_out(report, columns)),
        *section("Blockers", cause_lines(report.causes, columns)),
        *section("Contracts across revisions", _contracts(report, columns)),
        *section("Overruled tiers", _overruled(report, columns)),
        *section("Rolled back", _rollback(report, columns)),
        *section("Not rolled back", _not_rolled_back(report, columns)),
        *section("Unresolved, with what to do next", _issues(report, columns)),
        *section("Go on with", _follow_up(report, columns)),
    ]
    return "\n".join(lines) + "\n"


def _head(report: Report, columns: int) -> list[str]:
    decision = str(report.decision)
    plan = f"plan {report.plan_digest[:12]}"
    indent = " " * (len(decision) + 2)
    return [
        *wrapped(headline(report), columns, f"{decision}  "),
        *wrapped(f"{about(report)}, {plan}", columns, indent),
        *(wrapped(said, columns, indent) if (said := status(report)) else []),
        *(wrapped(said, columns, indent) if (said := unasked(report.evidence)) else []),
        *admission_text(report, columns, indent),
    ]


def _batches(report: Report, columns: int) -> list[str]:
    wide = max((len(clean(batch.id)) for batch in report.batches), default=0)
    lines: list[str] = []
    for batch in report.batches:
        names = members(batch)
        first = f"  {clean(batch.id):<{wide}}  {batch.decision!s:<5}  "
        state = standing(batch)
        lines += wrapped(f"{state}: {names}" if state else names, columns, first)
    return lines


def _order(report: Report) -> list[str]:
    if not report.order:
        return []
    rows = [("", "service", "started", "verified", "attempts", "state")]
    ordered = in_order(report)
    never = [one for one in ordered if one.started_at is None]
    told = len(never) > _NEVER
    for number, one in enumerate(ordered, 1):
        begun = one.started_at is not None
        if told and not begun:
            continue
        rows.append(
            (
                str(number) if begun else "-",
                one.service_id,
                since_start(report, one.started_at) or "-",
                since_start(report, one.verified_at) or "-",
                attempts(one) or "-",
                one.state,
            )
        )
    rest = [f"  and {len(never)} that were never started: {counts(tuple(never))}"] if told else []
    return [*table(rows, right=(0, 2, 3, 4)), *rest]


def _contracts(report: Report, columns: int) -> list[str]:
    """How many pairs of revisions fit, and each that does not."""
    table_ = report.boundaries
    if table_ is None or not table_.pairs:
        return []
    trouble = bad(table_)
    lines = [f"  {counted(table_)}"]
    for one in trouble[:_PAIRS]:
        lines += wrapped(sentence(one), columns, f"  {one.fit:<7}  ")
    more = len(trouble) - _PAIRS
    return [*lines, f"  and {more} more; --format json has them"] if more > 0 else lines


def _overruled(report: Report, columns: int) -> list[str]:
    return [
        line
        for one in report.overruled
        for line in wrapped(
            f"{one.service_id}: {overruled(one)}",
            columns,
            "  ",
            "      ",
        )
    ]


def _left_out(report: Report, columns: int) -> list[str]:
    lines = [told_left_out(one) for one in parted(report)[1]]
    return [line for told in lines for line in wrapped(told, columns, "  ", "      ")]


def _rollback(report: Report, columns: int) -> list[str]:
    return [
        line
        for one in report.rollback
        for line in wrapped(
            f"{one.service_id}: {one.action}: {one.outcome}; {one.reason}", columns, "  ", "      "
        )
    ] + [line for one in report.rollback_remarks for line in wrapped(one, columns, "  note: ")]


def _not_rolled_back(report: Report, columns: int) -> list[str]:
    """Every reason why nothing may go back, link by link."""
    lines: list[str] = []
    for one in report.rollback_refused:
        first, *rest = one.chain
        lines += wrapped(f"[{one.code}] {first}", columns, "  ", "      ")
        lines += [
            line for link in rest for line in wrapped(f"-> {link}", columns, "    ", "       ")
        ]
    if lines:
        lines += wrapped(f"what is left: {'; '.join(options())}", columns, "  ", "      ")
    return lines


def _follow_up(report: Report, columns: int) -> list[str]:
    """A command each; its purpose in a line of its own, so that the command can be copied."""
    return [
        line
        for one in report.follow_up
        for line in (f"  {clean(one.command)}", *wrapped(one.purpose, columns, "      "))
    ]


def _issues(report: Report, columns: int) -> list[str]:
    still = [issue for issue in report.issues if issue.state is IssueState.OPEN]
    told = frozenset((cause.service_id or "", cause.message) for cause in report.causes)
    lines = open_lines(still, columns, told)
    closed = [issue for issue in report.issues if issue.state is IssueState.CLOSED]
    if closed:
        names = ", ".join(f"{issue.id} ({issue.service_id})" for issue in closed)
        lines += wrapped(f"closed by this rollout: {names}", columns, "  ", "      ")
    return lines
