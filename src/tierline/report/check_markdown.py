"""A check as Markdown for a comment of a pull request: gates, causes, findings, the worst first.

A comment has a limit; what does not fit is counted, and who reads it is told how to see the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from tierline.readiness.model import Check, Finding
from tierline.report.check_places import ranked
from tierline.report.check_text import gate_rows, headline, not_judged
from tierline.report.groups import Group, grouped, whom
from tierline.report.style import code, markdown

MOST_CHARACTERS = 60_000
"""of the whole text: GitHub takes 65,536 for a comment, and whoever posts it may add some"""
_CAUSES = 20_000
"""characters of the causes"""
_FIX = 300
_SPARE = 200
"""characters for the title of the findings and for what is left out"""


def check_markdown(check: Check) -> str:
    """The check in at most MOST_CHARACTERS; foreign text cannot become markup."""
    shown = check.findings
    gates = [[markdown(cell) for cell in row] for row in gate_rows(check)]
    blocks = [
        f"# {markdown(headline(check))}",
        *_table(("gate", "status", "found"), gates, MOST_CHARACTERS),
        *(markdown(said) for said in not_judged(check)),
    ]
    groups = grouped(shown)
    if groups:
        head = ("", "code", "findings", "in", "fix")
        blocks += ["## Causes", *_table(head, map(_cause, groups), _CAUSES, len(groups))]
        left = MOST_CHARACTERS - sum(len(block) + 2 for block in blocks) - _SPARE
        head = ("", "service", "place", "finding", "code", "fix")
        rows = map(_finding, ranked(shown))
        blocks += ["## Findings", *_table(head, rows, left, len(shown))]
    return "\n\n".join(blocks) + "\n"


def _cause(group: Group) -> list[str]:
    return [
        str(group.status),
        code(group.code),
        str(len(group.findings)),
        markdown(whom(group)),
        markdown(_line(group.fix)),
    ]


def _finding(one: Finding) -> list[str]:
    return [
        str(one.status),
        markdown(one.service_id or ""),
        code(str(one.place)) if one.place else "",
        markdown(one.message),
        code(one.code),
        markdown(_line(one.fix)),
    ]


def _line(fix: str) -> str:
    line = fix.replace("\n", " ")
    return line if len(line) <= _FIX else f"{line[: _FIX - 1]}…"


def _table(
    head: Sequence[str], rows: Iterable[Sequence[str]], room: int, total: int = 0
) -> Iterator[str]:
    """One block of at most `room` characters; a second one where rows of `total` are left out."""
    lines = [f"| {' | '.join(line)} |" for line in (head, ["---"] * len(head))]
    used, kept = sum(len(line) + 1 for line in lines), 0
    for row in rows:
        line = f"| {' | '.join(row)} |"
        used += len(line) + 1
        if used > room:
            break
        lines.append(line)
        kept += 1
    yield "\n".join(lines)
    if kept < total:
        yield f"And {total - kept} more, of the least severe: `tierline check --all`"
