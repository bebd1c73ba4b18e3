"""One issue, whole, as text: whom it hits, what to do, what happened to it; knows no store."""

from __future__ import annotations

from collections.abc import Sequence

from tierline.context.model import Promise
from tierline.ledger.model import Issue, Mark
from tierline.ledger.reach import Reach
from tierline.policy.model import Waiver
from tierline.report.issues import evidence_of, subject
from tierline.report.layout import section, wrapped
from tierline.report.names import short_names
from tierline.report.times import day_and_time

_NAMED = 20
"""dependents that are named; the rest is counted"""


def issue_text(
    issue: Issue, reach: Reach | None, waivers: Sequence[Waiver] = (), columns: int = 80
) -> str:
    """Everything known of an issue. `reach` None: it concerns no service of the mesh as it is."""
    who = f"for {issue.assignee}" if issue.assignee else "for nobody yet"
    lines = [
        *wrapped(f"{subject(issue)}: {issue.message}", columns, f"{issue.id}  "),
        *wrapped(f"{issue.state}, {who} [{issue.code}]", columns, "  state     "),
        *wrapped(issue.impact, columns, "  impact    "),
        *(line for said in reach_words(reach) for line in wrapped(said, columns, "            ")),
        *wrapped(issue.next_action, columns, "  next      "),
        *wrapped(evidence_of(issue) or "none was given", columns, "  evidence  "),
        *(line for one in waivers for line in wrapped(waiver_words(one), columns, "  waived    ")),
        *section(
            "History",
            [
                line
                for mark in issue.history
                for line in wrapped(mark_words(mark), columns, "  ", "      ")
            ],
        ),
    ]
    return "\n".join(lines) + "\n"


def reach_words(reach: Reach | None) -> list[str]:
    """Who depends on the service in the whole mesh, and what it promises to whom."""
    if reach is None:
        return []
    short = short_names(reach.dependents)
    names = [short[name] for name in reach.dependents[:_NAMED]]
    more = len(reach.dependents) - len(names)
    said = ", ".join(names) + (f" and {more} more" if more else "")
    count = len(reach.dependents)
    readers = f"in the whole mesh {count} depend{'s' if count == 1 else ''} on it: {said}"
    return [
        readers if count else "nobody in the mesh depends on it",
        *map(_promise, reach.contracts),
    ]


def _promise(one: Promise) -> str:
    short = short_names(one.parties)
    used = f", used by {', '.join(short[name] for name in one.parties)}" if one.parties else ""
    return f"promises {one.kind} {one.name}{f' {one.version}' if one.version else ''}{used}"


def waiver_words(one: Waiver) -> str:
    """Who excuses it, why and until when."""
    return f"by {one.author} until {day_and_time(one.expires)}: {one.reason} [{one.code}]"


def mark_words(mark: Mark) -> str:
    """A line of history."""
    who = mark.by or mark.rollout
    to = "to " if mark.deed == "assigned" else ""
    return f"{day_and_time(mark.at)}  {mark.deed} by {who}: {to}{mark.text}"
