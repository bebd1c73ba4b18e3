"""Durations as people type them: `90s`, `10m`, `1h`, `1h30m`."""

from __future__ import annotations

from tierline.errors import UsageError
from tierline.mesh.clean import clean
from tierline.regex import regex

_DURATION = regex(r"(?:(\d{1,3})h)?(?:(\d{1,5})m)?(?:(\d{1,6}(?:\.\d{1,3})?)s)?")
_LONGEST_SECONDS = 86_400.0


def seconds_of(text: str, option: str) -> float:
    """Seconds, more than none and at most a day. UsageError names the option."""
    found = _DURATION.fullmatch(text.strip())
    hours, minutes, seconds = found.groups("0") if found else ("0", "0", "0")
    total = int(hours) * 3600 + int(minutes) * 60 + float(seconds)
    if 0 < total <= _LONGEST_SECONDS:
        return total
    raise UsageError(
        f"{option} {clean(text, 40)}: no duration between 0 s and 24 h",
        code="usage/duration",
        fix=f"write for example {option} 90s, {option} 10m or {option} 1h30m",
    )
