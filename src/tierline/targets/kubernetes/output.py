"""Reads what pods print, through the API server; knows no controllers."""

from __future__ import annotations

from collections.abc import Iterator

from tierline.facts.instant import Instant
from tierline.facts.probe import LogLine
from tierline.targets.kubernetes.namespace import Namespace
from tierline.targets.kubernetes.objects import POD, instant_of
from tierline.targets.words import clean, decisive

MOST_BYTES = 4 << 20
_LAST_LINES = 40
_LONGEST = 300


async def last_words(namespace: Namespace, pod: str, *, again: bool, container: str = "") -> str:
    """The line that says why a pod's container ended; of the run before, if it runs `again`."""
    query = {"tailLines": str(_LAST_LINES), "limitBytes": str(MOST_BYTES)}
    query |= {"previous": "true"} if again else {}
    query |= {"container": container} if container else {}
    content = await namespace.api.fetch("GET", namespace.path(POD, pod, "log"), query)
    return decisive([clean(one) for one in _lines(content)])[:_LONGEST]


async def lines(
    namespace: Namespace, service_id: str, workload: str, pod: str, container: str, limit: int
) -> list[LogLine]:
    """The newest lines of a pod's container, oldest first."""
    query = {"tailLines": str(limit), "limitBytes": str(MOST_BYTES), "timestamps": "true"}
    query |= {"container": container} if container else {}
    content = await namespace.api.fetch("GET", namespace.path(POD, pod, "log"), query)
    return [_line(service_id, workload, one) for one in _lines(content)]


def _line(service_id: str, workload: str, text: str) -> LogLine:
    stamp, _, rest = text.partition(" ")
    at = _stamp(stamp)
    return LogLine(service_id, workload, at, clean(rest if at is not None else text))


def _stamp(text: str) -> Instant | None:
    """A time with nanoseconds, of which Python reads six digits."""
    whole, dot, fraction = text.rstrip("Z").partition(".")
    if not text.endswith("Z") or not dot or not fraction.isdigit():
        return instant_of(text) or None
    base = instant_of(f"{whole}.{fraction[:6]:0<6}+00:00")
    return base or None


def _lines(content: bytes) -> Iterator[str]:
    yield from content.decode(errors="replace").splitlines()
