"""Reads what programs print: cleans it, and finds the lines that say why one ended."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

_GO, _PYTHON, _NODE = ("panic: ", "fatal error: "), "Traceback (most recent", "    at "
_BELOW = 5
"""lines that may follow a traceback that ended a program; with more it was survived"""
_MOST_LINES = 6
_MOST_CHARACTERS = 700
_CONTROL = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])|[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]"
)


def clean(text: str) -> str:
    """Without terminal sequences, control and direction characters; tabs are kept."""
    return _CONTROL.sub("", text)


def first_lines(output: str, instead_of: Mapping[str, str]) -> str:
    """The first lines that say something, paths replaced (staged -> shown), bounded."""
    for path, shown in instead_of.items():
        output = output.replace(path, shown)
    lines = (line.strip() for line in clean(output).splitlines())
    said = [line for line in lines if line and not line.startswith(("# ", "exit status"))]
    text = "; ".join(said[:_MOST_LINES])
    return text if len(text) <= _MOST_CHARACTERS else text[:_MOST_CHARACTERS] + " ..."


def decisive(lines: Sequence[str]) -> str:
    """The error of a Python traceback, Go panic or Node stack at the end; else the last line."""
    said = [line for line in lines if line.strip()]
    for number in reversed(range(len(said))):
        if said[number].startswith(_GO):
            return said[number].strip()
        below = [line for line in said[number + 1 :] if not line.startswith((" ", "\t"))]
        if len(below) > _BELOW:
            continue
        if said[number].startswith(_PYTHON) and below:
            return below[0].strip()
        if said[number].startswith(_NODE) and not said[number - 1].startswith(_NODE):
            return said[number - 1].strip()
    return said[-1].strip() if said else ""
