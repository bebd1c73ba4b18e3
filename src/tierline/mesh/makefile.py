"""Finds the targets of a Makefile; runs nothing and expands nothing."""

from __future__ import annotations

import re

from tierline.mesh.source import Source
from tierline.mesh.text import decode

PATH = "Makefile"

_TARGET = re.compile(r"(?m)^([A-Za-z0-9_./-][A-Za-z0-9_./ -]*?)\s*::?(?!=)")
_OPEN = re.compile(r"(?m)^\s*-?s?include\b|^[^\t#\n]*%[^\n]*:|\$[({]eval\b")


def parse_targets(content: bytes, path: str) -> frozenset[str] | None:
    """What can be made. None where more may be made than the file says, or it is no text."""
    text = decode(content, Source(path, "structure"))
    if text is None or _OPEN.search(text):
        return None
    return frozenset(word for match in _TARGET.finditer(text) for word in match[1].split())
