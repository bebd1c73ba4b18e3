"""A check as Markdown for a comment of a pull request: gates, causes, findings, the worst first.

A comment has a limit; what does not fit is counted, and who reads it is told how to see the rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tierline.readiness.model import Check, Finding
from tierline.report.check_places import ranked
from tierline.report.check_text import gate_rows, headline, judged, not_judged
from tierline.report.groups import Group, grouped, whom
from tierline.report.style import code, markdown

MOST_CHARACTERS = 60_000
"""of the whole text: GitHub takes 65,536 for a comment, and whoever posts it may add some"""
_CAUSES = 20_000
"""characters of the causes"""
_FIX = 300


def check_markdown(check: Check) -> str:
    """The check in at most MOST_CHARACTERS; foreign text cannot become markup."""
    shown = judged(check)
    gates = [[markdown(cell) for cell in row] for row in gate_rows(check, shown)]
    blocks = [
        f"# {markdown(headline(check, shown))}",
        *_table(("gate", "status", "found"), gates, MOST_CHARACTERS),
        *(markdown(said) for said in not_judged(check)),
    ]
    groups = grouped(shown)
    blocks += _part("Causes", ("", "code", "findings", "in", "fix"), _causes(groups), _CAUSES)
    left = MOST_CHARACTERS - sum(len(block) + 2 for block in blocks)
    head = ("", "service", "place", "finding", "code", "fix")
    blocks += _part("Findings", head, _findings(ranked(shown)), left)
    return "\n\n".join(blocks) + "\n"


def _part(
    title: str, head: Sequence[str], rows: Sequence[Sequence[str]], room: int
) -> Iterator[str]:
    """A titled table in so many characters, and how many of its rows are left out."""
    if rows:
        yield f"## {title}"
        yield from _table(head, rows, room - len(title) - 200)


def _causes(groups: Sequence[Group]) -> list[list[str]]:
    return [
        [
            str(g.status),
            code(g.code),
            str(len(g.findings)),
            markdown(whom(g)),
            markdown(_line(g.fix)),
        ]
        for g in groups
    ]


def _findings(shown: Sequence[Finding]) -> list[list[str]]:
    return [
        [
            str(one.status),
            markdown(one.service_id or ""),
            code(str(one.place)) if one.place else "",
            markdown(one.message),
            code(one.code),
            markdown(_line(one.fix)),
        ]
        for one in shown
    ]


def _line(fix: str) -> str:
    line = fix.replace("\n", " ")
    return line if len(line) <= _FIX else f"{line[: _FIX - 1]}…"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]], room: int) -> Iterator[str]:
    """One block; a second one where rows are left out."""
    if not rows:
        return
    lines = [f"| {' | '.join(line)} |" for line in (head, ["---"] * len(head))]
    used = sum(len(line) + 1 for line in lines)
    kept = 0
    for row in rows:
        line = f"| {' | '.join(row)} |"
        used += len(line) + 1
        if used > room:
            break
        lines.append(line)
        kept += 1
    yield "\n".join(lines)
    if kept < len(rows):
        yield f"And {len(rows) - kept} more, of the least severe: `tierline check --all`"
