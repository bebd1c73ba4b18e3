"""Reads which states `docs/service-lifecycle.md` defines; not which service is in which."""

from __future__ import annotations

import re
from itertools import pairwise

from tierline.mesh.defect import Defect
from tierline.mesh.source import Source
from tierline.mesh.text import decode
from tierline.regex import regex

PATH = "docs/service-lifecycle.md"
STATES = ("scaffold-only", "implemented", "production-ready")
"""the states that a release knows, lowest first"""

_STATE = r"(scaffold[- ]only|implemented|production[- ]ready)"
_TERM = regex(
    r"\s*(?:#{1,6}\s+|[-*+]\s+|[0-9]{1,3}[.)]\s+|\|\s*)+"  # heading, bullet, number, table cell
    r"(?:[0-9]{1,3}[.)]?\s+)?[*_`]*"
    rf"{_STATE}\b",
    re.IGNORECASE,
)
_MARKED = regex(rf"(?:^|\s)[*_`]+{_STATE}[*_`]+|^{_STATE}\s*(?::|[-\u2013\u2014]\s)", re.IGNORECASE)


def parse_lifecycle(content: bytes, path: str) -> tuple[tuple[str, ...] | None, tuple[Defect, ...]]:
    """States in the order in which headings, bullets or table rows define them.

    Where none of these does, the first line counts that marks the word or begins with it.

    None where the file cannot be read as text; a state that is missing, or that stands before a
    lower one, is a defect.
    """
    source = Source(path, "lifecycle")
    text = decode(content, source)
    if text is None:
        return None, tuple(source.defects)
    lines = _first_lines(text, _TERM)
    for state, number in _first_lines(text, _MARKED).items():
        lines.setdefault(state, number)
    for state in STATES:
        if state not in lines:
            fix = f"add a heading or a bullet that begins with `{state}` and says what it takes"
            source.defect("missing-state", f"the state `{state}` is not defined", None, fix)
    known = [state for state in STATES if state in lines]
    for before, state in pairwise(known):
        if lines[state] < lines[before]:
            message = f"`{state}` is defined before `{before}`"
            source.defect("state-order", message, source.line(lines[state]), "lowest state first")
    return tuple(sorted(lines, key=lines.__getitem__)), tuple(source.defects)


def _first_lines(text: str, pattern: re.Pattern[str]) -> dict[str, int]:
    """State -> the first line in which `pattern` finds it."""
    found: dict[str, int] = {}
    search = pattern.match if pattern is _TERM else pattern.search
    for number, line in enumerate(text.split("\n"), 1):
        match = search(line[:200])
        if match is not None:
            word = next(group for group in match.groups() if group)
            found.setdefault(word.lower().replace(" ", "-"), number)
    return found
