"""The line of a file that a finding points at, with a caret below its column; knows no file."""

from __future__ import annotations

from collections.abc import Iterator

from tierline.mesh.defect import Place
from tierline.report.style import clean, width

_LEFT = 24
"""columns that are kept before the caret of a line too long to be shown whole"""


def source_lines(place: Place, line: str, columns: int) -> Iterator[str]:
    """The line with its number, and the caret where the place has a column; nothing for blanks.

    A line that is longer than `columns` is cut around the caret.
    """
    if not line.strip():
        return
    before, after = clean(line[: max(place.column - 1, 0)]), clean(line[max(place.column - 1, 0) :])
    margin = f"{place.line:>8} | "
    room = max(columns - len(margin), 20)
    if width(before) + width(after) > room and width(before) > _LEFT:
        before = f"…{before[-(_LEFT - 1) :]}"
    shown = before + after
    if width(shown) > room:
        shown = f"{shown[: room - 1]}…"
    yield f"{margin}{shown}".rstrip()
    if place.column and after:
        yield f"{'|':>{len(margin) - 1}} {' ' * width(before)}^"
