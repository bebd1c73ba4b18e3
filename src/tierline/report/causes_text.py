"""Causes as lines of plain text, each with a tree of whom it holds; knows neither plan nor rollout."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from tierline.report.layout import wrapped
from tierline.report.model import Cause
from tierline.report.words import holds, tree

_WAITING = 20
"""services behind one cause that are listed; the rest is counted"""


def cause_lines(causes: Iterable[Cause], columns: int) -> list[str]:
    """Every cause once, with its code; below it the services that it holds."""
    lines: list[str] = []
    for cause in causes:
        subject = f"{cause.service_id} {cause.state}".strip() if cause.service_id else ""
        said = f"{subject}: {cause.message}" if subject and cause.message else subject
        code = f" [{cause.code}]" if cause.code else ""
        lines += wrapped(f"{said or cause.message}{code}", columns, "  ", "      ")
        lines += _held(cause, columns)
    return lines


def _held(cause: Cause, columns: int) -> list[str]:
    if not cause.waiting:
        return []
    lines = [f"    {holds(cause)}:"]
    for depth, one in islice(tree(cause), _WAITING):
        lines += wrapped(one.service_id, columns, " " * (6 + 2 * depth))
    more = len(cause.waiting) - _WAITING
    return [*lines, f"      and {more} more"] if more > 0 else lines
