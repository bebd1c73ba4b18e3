"""Causes as lines of plain text, each with a tree of whom it holds; knows neither plan nor rollout."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from tierline.report.layout import wrapped
from tierline.report.model import Cause
from tierline.report.style import clean
from tierline.report.words import holds, tree

_WAITING = 20
"""services behind one cause that are listed; the rest is counted"""


def cause_lines(causes: Iterable[Cause], columns: int) -> list[str]:
    """Every cause once, with its code; below it the services that it holds.

    Of many causes with one code a service shows the first, and how many more there are.
    """
    lines: list[str] = []
    for cause, more in _folded(causes):
        subject = f"{cause.service_id} {cause.state}".strip() if cause.service_id else ""
        said = f"{subject}: {cause.message}" if subject and cause.message else subject
        code = f" [{cause.code}]" if cause.code else ""
        lines += wrapped(f"{said or cause.message}{code}", columns, "  ", "      ")
        if more:
            short = clean((cause.service_id or "").partition("-")[0])
            where = f": tierline check {short}" if short else ""
            lines += wrapped(f"and {more} more [{cause.code}]{where}", columns, " " * 6)
        lines += _held(cause, columns)
    return lines


def _folded(causes: Iterable[Cause]) -> list[tuple[Cause, int]]:
    """Causes, each with how many after it are of the same service and code and hold nobody."""
    first: dict[tuple[str, str], int] = {}
    found: list[tuple[Cause, int]] = []
    for cause in causes:
        key = (cause.service_id or "", cause.code)
        if cause.service_id and cause.code and key in first and not cause.waiting:
            at = first[key]
            found[at] = (found[at][0], found[at][1] + 1)
        else:
            first.setdefault(key, len(found))
            found.append((cause, 0))
    return found


def _held(cause: Cause, columns: int) -> list[str]:
    if not cause.waiting:
        return []
    lines = [f"    {holds(cause)}:"]
    for depth, one in islice(tree(cause), _WAITING):
        lines += wrapped(one.service_id, columns, " " * (6 + 2 * depth))
    more = len(cause.waiting) - _WAITING
    return [*lines, f"      and {more} more"] if more > 0 else lines
