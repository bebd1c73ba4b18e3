"""A check as Markdown for a pull request: gates, causes, then every finding as a row of a table."""

from __future__ import annotations

from collections.abc import Sequence

from tierline.readiness.model import Check, Finding
from tierline.report.check_text import gate_rows, headline, judged
from tierline.report.groups import grouped, whom
from tierline.report.style import code, markdown

_MOST = 500
"""findings that are listed; a comment of a pull request holds no more"""


def check_markdown(check: Check) -> str:
    """The whole check, ending with a line feed; foreign text cannot become markup."""
    shown = judged(check)
    blocks = [
        f"# {markdown(headline(check, shown))}",
        _table(
            ("gate", "status", "found"),
            [[markdown(cell) for cell in r] for r in gate_rows(check, shown)],
        ),
        *_part("Causes", _causes(shown)),
        *_part("Findings", _findings(shown[:_MOST])),
    ]
    if len(shown) > _MOST:
        blocks.append(f"And {len(shown) - _MOST} more.")
    return "\n\n".join(blocks) + "\n"


def _part(title: str, text: str) -> list[str]:
    return [f"## {title}", text] if text else []


def _causes(shown: Sequence[Finding]) -> str:
    rows = [
        [
            str(g.status),
            code(g.code),
            str(len(g.findings)),
            markdown(whom(g)),
            markdown(_line(g.fix)),
        ]
        for g in grouped(shown)
    ]
    return _table(("", "code", "findings", "in", "fix"), rows)


def _findings(shown: Sequence[Finding]) -> str:
    rows = [
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
    return _table(("", "service", "place", "finding", "code", "fix"), rows)


def _line(fix: str) -> str:
    return fix.replace("\n", " ")


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    if not rows:
        return ""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
