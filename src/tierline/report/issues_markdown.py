"""The ledger as a Markdown file of the mesh; the same ledger gives the same bytes."""

from __future__ import annotations

from collections.abc import Sequence

from tierline.ledger.model import Issue, IssueState
from tierline.report.issues import evidence_of, subject
from tierline.report.style import code, markdown
from tierline.report.times import day_and_time

_HEAD = "<!-- Written by tierline issues export: {0}. Changes by hand are lost. -->"


def first_line(environment: str) -> str:
    """What such a file of an environment begins with."""
    return _HEAD.format(environment)


def issues_markdown(environment: str, issues: Sequence[Issue]) -> str:
    """Open issues with all that is known of them, oldest first, then the closed in a table."""
    still = [one for one in issues if one.state is IssueState.OPEN]
    done = [one for one in issues if one.state is IssueState.CLOSED]
    lines = [first_line(environment), "", f"# Release issues of {markdown(environment)}", ""]
    lines.append(f"{len(still)} open, {len(done)} closed.")
    for one in still:
        lines += _open(one)
    if done:
        lines += ["", "## Closed", "", "| issue | service | what | closed |", "|---|---|---|---|"]
        lines += [
            f"| {code(one.id)} | {markdown(subject(one))} | {markdown(one.message)}"
            f" | {day_and_time(one.changed_at)} |"
            for one in done
        ]
    return "\n".join(lines) + "\n"


def _open(one: Issue) -> list[str]:
    again = f", re-opened {one.reopened} times" if one.reopened > 1 else ""
    again = ", re-opened once" if one.reopened == 1 else again
    facts = [
        ("Impact", markdown(one.impact)),
        ("Next action", code(one.next_action)),
        ("Evidence", code(evidence_of(one))),
        ("Assigned to", markdown(one.assignee) or "nobody yet"),
        ("Open since", f"{day_and_time(one.opened_at)}{again}"),
        ("Cause", code(one.code)),
    ]
    title = f"## {one.id} {markdown(subject(one))}"
    said = [f"- {name}: {value}" for name, value in facts if value]
    return ["", title, "", markdown(one.message), "", *said]
