"""Compares versions as tools print them: numbers with dots, whatever stands around them."""

from __future__ import annotations

import re

_NUMBERS = re.compile(r"\d+(?:\.\d+)*")
_AT_LEAST = re.compile(r"(?:>=|~=|\^|==)\s*v?(\d+(?:\.\d+)*)")


def numbers(text: str) -> tuple[int, ...]:
    """The first version in a text: `go1.26.3` -> (1, 26, 3); () where there is none."""
    found = _NUMBERS.search(text)
    return tuple(int(part[:9]) for part in found[0].split(".")[:6]) if found else ()


def is_older(version: str, minimum: str) -> bool:
    """Whether a version is before another; never so where either cannot be read."""
    one, other = numbers(version), numbers(minimum)
    width = max(len(one), len(other))
    return bool(one and other) and _filled(one, width) < _filled(other, width)


def at_least(requirement: str) -> str:
    """The oldest version that a requirement such as `>=3.11,<4` allows; "" where it names none."""
    found = _AT_LEAST.search(requirement)
    return found[1] if found else ""


def _filled(version: tuple[int, ...], width: int) -> tuple[int, ...]:
    return version + (0,) * (width - len(version))
