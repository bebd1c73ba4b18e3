"""Reads TOML and finds where its keys stand; knows nothing of meaning.

tomllib gives values without places, so the lines are scanned a second time for headers and keys. A
key that the scan does not understand has no place of its own and gets that of its table.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping

from tierline.mesh.clean import clean
from tierline.mesh.defect import Place
from tierline.mesh.source import Source
from tierline.mesh.text import TextLimits, decode
from tierline.regex import regex

SIZE = 256 * 1024
"""bytes that a TOML file may have"""
DOTS = 256
"""dots in one line: tomllib takes time with the square of a dotted key's parts"""

DEPTH = 8
"""parts of a dotted key that have places"""

_PART = r"""(?:[A-Za-z0-9_-]+|"(?:[^"\\]|\\.)*"|'[^']*')"""
_NAME = rf"{_PART}(?:\s*\.\s*{_PART})*"
_HEADER = regex(rf"\s*(\[\[?)\s*({_NAME})\s*\]")
_KEY = regex(rf"\s*({_NAME})\s*=")
_WHERE = regex(r"\(at (?:line ([0-9]+), column ([0-9]+)|end of document)\)")


class Places:
    """Where keys stand. The n-th table of an array has `n` (from 0) as a part of its name."""

    def __init__(self, source: Source, text: str) -> None:
        self._source = source
        self._found: dict[tuple[str, ...], Place] = {}
        self._scan(text)

    def of(self, *keys: str) -> Place | None:
        """The place of a key, else of the innermost table around it; None: nothing is known."""
        for end in range(len(keys), 0, -1):
            if (place := self._found.get(keys[:end])) is not None:
                return place
        return None

    def _scan(self, text: str) -> None:
        table: tuple[str, ...] = ()
        counts: dict[tuple[str, ...], int] = {}
        for number, line in enumerate(text.split("\n"), 1):
            if (match := _HEADER.match(line)) is not None:
                table = _parts(match[2])
                if match[1] == "[[":
                    count = counts.get(table, 0)
                    counts[table] = count + 1
                    table = (*table, str(count))
                self._note(table, number, match.start(2) + 1)
            elif (match := _KEY.match(line)) is not None:
                self._note((*table, *_parts(match[1])), number, match.start(1) + 1)

    def _note(self, keys: tuple[str, ...], line: int, column: int) -> None:
        for end in range(1, min(len(keys), DEPTH) + 1):
            self._found.setdefault(keys[:end], self._source.line(line, column))


def read_toml(
    content: bytes, source: Source, size: int = SIZE
) -> tuple[Mapping[str, object], Places] | None:
    """The document and the places of its keys. None, with a defect, where it is not TOML."""
    text = decode(content, source, TextLimits(size))
    if text is None:
        return None
    for number, line in enumerate(text.split("\n"), 1):
        if line.count(".") > DOTS:
            message = f"more than {DOTS} dots in one line"
            source.defect("too-deep", message, source.line(number), "break the line")
            return None
    try:
        return tomllib.loads(text), Places(source, text)
    except tomllib.TOMLDecodeError as error:
        message = str(error)
        where = _WHERE.search(message)
        at = source.line(*_position(where, text)) if where else None
        problem = clean(_WHERE.sub("", message).strip())
        source.defect("not-toml", f"not TOML: {problem}", at, "correct the syntax at this place")
    except RecursionError:
        source.defect("too-deep", "nested too deep", None, "write it flatter")
    except ValueError:
        source.defect("not-toml", "not TOML: a number or date that does not exist", None,
                      "correct the value")  # fmt: skip
    return None


def _position(where: re.Match[str], text: str) -> tuple[int, int]:
    """Line and column of what tomllib complains of; the end of a file is its last line."""
    lines = text.rstrip().split("\n")
    return (int(where[1]), int(where[2])) if where[1] else (len(lines), len(lines[-1]) + 1)


def _parts(name: str) -> tuple[str, ...]:
    return tuple(part.strip("\"'") for part in re.findall(_PART, name))
