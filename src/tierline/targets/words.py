"""Reads what programs print: cleans it, and finds the line that says why one ended."""

from __future__ import annotations

import re
from collections.abc import Sequence

_GO, _PYTHON, _NODE = ("panic: ", "fatal error: "), "Traceback (most recent", "    at "
_BELOW = 5
"""lines that may follow a traceback that ended a program; with more it was survived"""
_CONTROL = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])|[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]"
)


def clean(text: str) -> str:
    """Without terminal sequences, control and direction characters; tabs are kept."""
    return _CONTROL.sub("", text)


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
