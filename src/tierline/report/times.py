"""Instants and durations as people and machines read them; knows no clock and no time zone."""

from __future__ import annotations

from datetime import UTC, datetime

from tierline.facts.instant import Instant


def stamp(at: Instant | None) -> str | None:
    """ISO 8601 in UTC with microseconds, `2026-05-04T10:00:00.250000Z`; None for None."""
    if at is None:
        return None
    written = datetime.fromtimestamp(at, UTC).isoformat(timespec="microseconds")
    return written.replace("+00:00", "Z")


def day_and_time(at: Instant) -> str:
    """For people, to the second: `2026-05-04 10:00:00 UTC`."""
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M:%S} UTC"


def span(seconds: float) -> str:
    """A duration in words of at most three digits each: `0.4 s`, `41 s`, `2 min 05 s`, `3 h 20 min`."""
    if seconds < 9.95:
        return f"{max(0.0, seconds):.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest:02d} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02d} min"
