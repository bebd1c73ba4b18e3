"""`can-roll` as text and as Markdown; decides nothing."""

from __future__ import annotations

from collections import Counter

from tierline.boundary.can_roll import CanRoll, Means
from tierline.boundary.model import Fit
from tierline.report.can_roll_words import (
    follow_up,
    headline,
    refusals,
    row_words,
    shown,
    steps,
)
from tierline.report.layout import section, wrapped
from tierline.report.style import markdown

_MOST = 20
"""pairs that text shows"""


def can_roll_text(answer: CanRoll, environment: str, columns: int) -> str:
    """The answer, the proof, what no order mends, and the pairs that do not simply fit."""
    lines = wrapped(f"{answer.decision}: {headline(answer, environment)}", columns)
    lines += section(_along(answer), _listed(steps(answer), columns))
    lines += section("What no order mends", _listed(refusals(answer), columns))
    lines += section("Order that contracts ask for", _listed(_order(answer), columns))
    lines += section(f"Pairs that can meet: {_counted(answer)}", _rows(answer, columns))
    told = follow_up(answer, environment)
    lines += ["", *wrapped(told, columns, "next: ")] if told else []
    return "\n".join(lines) + "\n"


def can_roll_markdown(answer: CanRoll, environment: str) -> str:
    """The same for a pull request."""
    lines = [f"## Can it roll: {answer.decision}", "", markdown(headline(answer, environment))]
    for title, told in (
        (_along(answer), steps(answer)),
        ("What no order mends", refusals(answer)),
        ("Order that contracts ask for", _order(answer)),
    ):
        if told:
            lines += ["", f"### {title}", "", *(f"- {markdown(one)}" for one in told)]
    lines += ["", f"### Pairs that can meet: {_counted(answer)}", ""]
    lines += ["| who with whom | fits | why |", "|---|---|---|"] if answer.rows else []
    for row in shown(answer.rows):
        cells = (markdown(cell) for cell in row_words(answer, row))
        lines.append(f"| {' | '.join(cells)} |")
    told = follow_up(answer, environment)
    lines += ["", f"Next: {markdown(told)}"] if told else []
    return "\n".join(lines) + "\n"


def _along(answer: CanRoll) -> str:
    works = answer.means is Means.BATCH
    return "Why no smaller set works" if works else "Who would have to come along"


def _order(answer: CanRoll) -> tuple[str, ...]:
    return tuple(f"{name} after {', '.join(before)}" for name, before in answer.order.after.items())


def _counted(answer: CanRoll) -> str:
    counted = Counter(row.judgement.fit for row in answer.rows)
    return ", ".join(f"{counted[fit]} {fit}" for fit in Fit if counted[fit]) or "none"


def _listed(told: tuple[str, ...], columns: int) -> list[str]:
    return [line for one in told for line in wrapped(one, columns, "  - ")]


def _rows(answer: CanRoll, columns: int) -> list[str]:
    lines: list[str] = []
    rows = [row for row in shown(answer.rows) if row.judgement.fit is not Fit.YES]
    for row in rows[:_MOST]:
        who, fit, why = row_words(answer, row)
        lines += wrapped(f"{who}: {why}", columns, f"  {fit:<7}  ")
    if len(rows) > _MOST:
        lines.append(f"  and {len(rows) - _MOST} more; --format json has them all")
    return lines
