"""Where a generated file first differs from what would be generated now; knows no format."""

from __future__ import annotations

from itertools import zip_longest
from typing import NamedTuple

from tierline.mesh.clean import clean
from tierline.mesh.tree import Tree

_SHOWN = 60


class Difference(NamedTuple):
    """A line, counted from 1, and what stands there and what belongs there."""

    line: int
    words: str


def first_difference(tree: Tree, path: str, expected: str) -> Difference | None:
    """None where the bytes are the same, or where there are none to compare."""
    entry = tree.entries.get(path)
    content = entry.content if entry else None
    if content is None or content == expected.encode():
        return None
    if b"\r\n" in content:
        line = content[: content.index(b"\r\n")].count(b"\n") + 1
        return Difference(line, "lines end in CRLF, generated ones in LF")
    found = content.decode(errors="replace").split("\n")
    pairs = zip_longest(found, expected.split("\n"))
    for number, (have, want) in enumerate(pairs, 1):
        if have != want:
            return Difference(number, f"{_said(have)} stands where {_said(want)} belongs")
    return Difference(0, "bytes that are no text")


def _said(line: str | None) -> str:
    if line is None:
        return "the end of the file"
    return f"`{clean(line, _SHOWN)}`" if line else "an empty line"
