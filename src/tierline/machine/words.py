"""How points are worded: services counted and named, sizes rounded; knows no point."""

from __future__ import annotations

from dataclasses import replace

from tierline.facts.decision import Severity
from tierline.machine.model import Point, Services

_NAMED = 3
_UNITS = ("KiB", "MiB", "GiB", "TiB")


def counted(services: Services) -> str:
    """`1 service` or `12 services`."""
    return f"{len(services)} service{'' if len(services) == 1 else 's'}"


def named(services: Services) -> str:
    """Some of them by their id: `M01-A, M02-B, M03-C and 9 more`."""
    more = len(services) - _NAMED
    shown = ", ".join(services[:_NAMED])
    return f"{shown} and {more} more" if more > 0 else shown


def size(count: int) -> str:
    """Bytes as people read them: `512 MiB`."""
    amount, unit = float(count), "bytes"
    for larger in _UNITS:
        if amount < 1024:
            break
        amount, unit = amount / 1024, larger
    return f"{amount:.3g} {unit}" if amount < 1000 else f"{amount:.0f} {unit}"


def absent(point: Point, *, unknown: bool = False) -> Point:
    """The point with the status that something missing, or unknown, has where it is required."""
    if unknown:
        return replace(point, status=Severity.UNKNOWN)
    return replace(point, status=Severity.FAIL if point.required else Severity.WARN)
