"""Ids and cells where there is little room: `M05` for `M05-Feed-Service`, `…` for what is cut."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from tierline.report.style import clean, width

GAP = 2
"""blanks between the columns of a table"""


def short_names(ids: Iterable[str]) -> Mapping[str, str]:
    """Id -> what comes before its first `-`, or the whole id where two would read the same."""
    groups: dict[str, set[str]] = {}
    for name in ids:
        groups.setdefault(name.partition("-")[0] or name, set()).add(name)
    return {
        name: clean(start if len(group) == 1 else name)
        for start, group in groups.items()
        for name in group
    }


def cut(text: str, columns: int) -> str:
    """Cleaned text in at most so many columns, `…` where something was left out."""
    shown = clean(text)
    if width(shown) <= columns:
        return shown
    while shown and width(shown) >= columns:
        shown = shown[:-1]
    return shown + "…" if columns > 0 else ""


def fitted(rows: Sequence[Sequence[str]], elastic: Mapping[int, int], room: int) -> list[list[str]]:
    """Rows whose columns fit in `room` together: `elastic` ones give way, the widest first.

    `elastic` maps a column to the width that it keeps in any case. Cells are cleaned.
    """
    cells = [[clean(cell) for cell in row] for row in rows]
    if not cells:
        return []
    widths = [max(width(row[i]) for row in cells) for i in range(len(cells[0]))]
    over = sum(widths) + GAP * (len(widths) - 1) - room
    for i in sorted(elastic, key=lambda i: widths[i] - elastic[i], reverse=True):
        given = min(max(over, 0), max(widths[i] - elastic[i], 0))
        widths[i], over = widths[i] - given, over - given
    return [
        [cut(cell, widths[i]) if i in elastic else cell for i, cell in enumerate(row)]
        for row in cells
    ]
