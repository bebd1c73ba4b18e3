"""Finds the targets of a Makefile; runs nothing and expands nothing."""

from __future__ import annotations

from tierline.mesh.source import Source
from tierline.mesh.text import TextLimits, decode
from tierline.regex import regex

PATH = "Makefile"

SIZE = 256 * 1024
"""bytes of a Makefile"""

_TARGET = regex(r"([A-Za-z0-9_./-][A-Za-z0-9_./ -]{0,400}):{1,2}(?!=)")
_OPEN = regex(r"-?s?include\b|[^\t#]*\$[({]eval\b")


def parse_targets(content: bytes, path: str) -> frozenset[str] | None:
    """What can be made. None where more may be made than the file says, or it is no text."""
    text = decode(content, Source(path, "structure"), TextLimits(SIZE))
    found: set[str] = set()
    for line in (text or "").split("\n"):
        pattern = not line.startswith(("\t", "#")) and "%" in line.partition(":")[0]
        if pattern or _OPEN.match(line.lstrip(" ")[:400]):
            return None
        match = _TARGET.match(line)
        found |= set(match[1].split()) if match else set()
    return None if text is None else frozenset(found)
