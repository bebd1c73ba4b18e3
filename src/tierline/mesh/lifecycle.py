"""Reads which states `docs/service-lifecycle.md` defines; not which service is in which."""

from __future__ import annotations

import re
from itertools import pairwise

from tierline.mesh.defect import Defect
from tierline.mesh.source import Source
from tierline.mesh.text import decode

PATH = "docs/service-lifecycle.md"
STATES = ("scaffold-only", "implemented", "production-ready")
"""the states that a release knows, lowest first"""

_TERM = re.compile(
    r"\s*(?:#{1,6}\s+|[-*+]\s+|[0-9]{1,3}[.)]\s+|\|\s*)+"  # heading, bullet, number, table cell
    r"(?:[0-9]{1,3}[.)]?\s+)?[*_`]*"
    r"(scaffold[- ]only|implemented|production[- ]ready)\b",
    re.IGNORECASE,
)


def parse_lifecycle(content: bytes, path: str) -> tuple[tuple[str, ...] | None, tuple[Defect, ...]]:
    """States in the order in which headings, bullets or table rows define them.

    None where the file cannot be read as text; a state that is missing, or that stands before a
    lower one, is a defect.
    """
    source = Source(path, "lifecycle")
    text = decode(content, source)
    if text is None:
        return None, tuple(source.defects)
    lines: dict[str, int] = {}
    for number, line in enumerate(text.split("\n"), 1):
        match = _TERM.match(line[:200])
        if match is not None:
            lines.setdefault(match[1].lower().replace(" ", "-"), number)
    for state in STATES:
        if state not in lines:
            fix = f"add a heading or a bullet that begins with `{state}` and says what it takes"
            source.defect("missing-state", f"the state `{state}` is not defined", None, fix)
    known = [state for state in STATES if state in lines]
    for before, state in pairwise(known):
        if lines[state] < lines[before]:
            message = f"`{state}` is defined before `{before}`"
            source.defect("state-order", message, source.line(lines[state]), "lowest state first")
    return tuple(lines), tuple(source.defects)
