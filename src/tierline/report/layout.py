"""Lines and columns of plain text: wrapping, tables, sections; knows nothing of what they say."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence

from tierline.report.style import clean, pad, width


def wrapped(text: str, columns: int, first: str = "", rest: str | None = None) -> list[str]:
    """Cleaned text in lines of at most `columns`; the first begins with `first`, others with `rest`.

    A word longer than a line stays whole: an id or a command is worth more than the margin.
    """
    following = " " * width(first) if rest is None else rest
    return textwrap.wrap(
        clean(text),
        width=max(columns, width(first) + 20),
        initial_indent=first,
        subsequent_indent=following,
        break_long_words=False,
        break_on_hyphens=False,
    ) or [first.rstrip()]


def table(
    rows: Sequence[Sequence[str]], *, right: Iterable[int] = (), indent: int = 2
) -> list[str]:
    """Rows as aligned lines, two blanks between columns; columns in `right` are flush right.

    Every row has as many cells as the first.
    """
    cleaned = [[clean(cell) for cell in row] for row in rows]
    if not cleaned:
        return []
    flush = set(right)
    widths = [max(width(row[at]) for row in cleaned) for at in range(len(cleaned[0]))]
    return [
        (
            " " * indent
            + "  ".join(
                " " * (widths[at] - width(cell)) + cell if at in flush else pad(cell, widths[at])
                for at, cell in enumerate(row)
            )
        ).rstrip()
        for row in cleaned
    ]


def section(title: str, lines: Sequence[str]) -> list[str]:
    """A blank line, the title and its lines; nothing at all where there are none."""
    return ["", title, *lines] if lines else []
