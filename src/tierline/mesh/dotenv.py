"""Reads `.env` files: `NAME=value` lines; expands nothing and knows no environment.

The values may be secrets: no message shows one.
"""

from __future__ import annotations

import re

from tierline.mesh.defect import Defect, Place
from tierline.mesh.source import Source
from tierline.mesh.text import decode
from tierline.regex import regex

EXAMPLE = ".env.example"
OWN = ".env"

_LINE = regex(r"(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)")
_DOUBLE = regex(r'"((?:[^"\\]|\\.)*)"\s*(?:#.*)?')
_SINGLE = regex(r"'([^']*)'\s*(?:#.*)?")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}


def parse_dotenv(content: bytes, path: str) -> tuple[dict[str, str], tuple[Defect, ...]]:
    """Names and values; of a name given twice the later counts, which is a defect too."""
    source = Source(path, "config")
    text = decode(content, source)
    found: dict[str, str] = {}
    first: dict[str, int] = {}
    for number, line in enumerate((text or "").split("\n"), 1):
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        match = _LINE.fullmatch(stripped)
        value = None if match is None else _value(match[2])
        if match is None or value is None:
            source.defect("env-line", "not `NAME=value`", source.line(number), "write NAME=value")
            continue
        name = match[1]
        if name in first:
            message = f"{name[:80]} again (first in line {first[name]})"
            source.defect("duplicate-key", message, source.line(number), "keep one of the two")
        first.setdefault(name, number)
        found[name] = value
    return found, tuple(source.defects)


def variable_lines(content: bytes, path: str) -> dict[str, Place]:
    """Name -> where the line that counts for it stands; nothing of a file that is no text."""
    source = Source(path, "config")
    found: dict[str, Place] = {}
    for number, line in enumerate((decode(content, source) or "").split("\n"), 1):
        match = _LINE.fullmatch(line.strip())
        if match is not None:
            found[match[1]] = source.line(number)
    return found


def _value(text: str) -> str | None:
    """The value without quotes or a comment; None where a quote is not closed."""
    if text.startswith('"'):
        match = _DOUBLE.fullmatch(text)
        return match and re.sub(r"\\(.)", lambda m: _ESCAPES.get(m[1], m[1]), match[1])
    if text.startswith("'"):
        match = _SINGLE.fullmatch(text)
        return match and match[1]
    return re.split(r"(?:^|\s)#", text, maxsplit=1)[0].rstrip()
