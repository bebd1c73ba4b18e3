"""Reads the lines that findings point at, fit to be shown; knows nothing of what is wrong there.

What lies outside the mesh is not opened, nor what may hold secrets as a whole: env files, keys,
Kubernetes Secrets.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from tierline.evidence.content import Content
from tierline.mesh.defect import Place
from tierline.mesh.redact import shown_line
from tierline.regex import regex

FILE_LIMIT = 1 << 20
"""bytes of a file beyond which no line of it is shown"""
_SECRETIVE = regex(r"\.(?:env|pem|key|p12|pfx|jks)(?:$|\.)|secret", re.IGNORECASE)
_SECRET = regex(rb"^\s*[\"']?kind[\"']?:\s*[\"']?Secret\b", re.MULTILINE)


def lines_at(root: Path, places: Iterable[Place]) -> Mapping[Place, str]:
    """The line of each place that has one, without its end; absent where it may not be shown.

    Paths of places begin with the name of `root`, as findings show them.
    """
    content = Content.below(root)
    label = f"{root.name}/"
    read: dict[str, list[str]] = {}
    found: dict[Place, str] = {}
    for place in places:
        if not place.line or not place.path.startswith(label):
            continue
        if place.path not in read:
            read[place.path] = _lines(content, place.path.removeprefix(label))
        lines = read[place.path]
        if place.line <= len(lines):
            found[place] = shown_line(lines[place.line - 1])
    return found


def _lines(content: Content, path: str) -> list[str]:
    if _SECRETIVE.search(path):
        return []
    text = content.read(path, FILE_LIMIT)
    if text is None or _SECRET.search(text):
        return []
    return [line.rstrip("\r") for line in text.decode(errors="replace").split("\n")]
