"""Reads events off a bus: what a bus has to give, and the buses that can be read; judges nothing.

A further kind of bus is one more class and one more row of `BUSES`.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, Protocol, cast
from urllib.parse import quote

from tierline.facts.evidence import Answer, Boundary
from tierline.facts.instant import Instant
from tierline.frozen import frozen
from tierline.targets.asking import http

_LONGEST_QUERY = 400

Ask = Callable[[str], Awaitable[http.Answered]]
"""GETs a path of the bus; NobodyListens or NoAnswer where nothing comes"""


class Unreadable(Exception):  # noqa: N818 - a fact about the world
    """The bus gave no events that can be understood; the message says why."""


@frozen
class Event:
    """`at` is when the bus took it on, by the bus's clock; None where it does not say."""

    position: int
    kind: str
    producer: str
    payload: object
    at: Instant | None


class Bus(Protocol):
    """A log of events that can be read from a position on."""

    async def read(self, ask: Ask, after: int, kinds: Iterable[str]) -> tuple[Event, ...]:
        """The next events of these kinds behind a position, in order; none: that is all for now.

        Others may be among them. Raises Unreadable, NobodyListens and NoAnswer.
        """
        ...


class HttpLog:
    """`GET /events?after=POSITION&types=A,B` answers `{"events": [...]}`."""

    async def read(self, ask: Ask, after: int, kinds: Iterable[str]) -> tuple[Event, ...]:
        """One page."""
        wanted = ",".join(quote(kind, safe="") for kind in sorted(kinds))
        narrowed = f"&types={wanted}" if len(wanted) <= _LONGEST_QUERY else ""
        answered = await ask(f"/events?after={after}{narrowed}")
        if answered.status != 200:
            raise Unreadable(f"GET /events answers {answered.status}")
        if not answered.whole:
            raise Unreadable("a page of events is too long")
        try:
            page = json.loads(answered.body)
            found = tuple(_event(one) for one in page["events"])
        except (ValueError, RecursionError, KeyError, TypeError) as error:
            raise Unreadable("GET /events does not answer with events") from error
        positions = [after, *(one.position for one in found)]
        if positions != sorted(set(positions)):
            raise Unreadable("GET /events does not answer with what is behind a position")
        return found


def _event(told: Mapping[str, Any]) -> Event:
    position, kind, producer = told["position"], told["event_type"], told["producer"]
    if not (type(position) is int and isinstance(kind, str) and isinstance(producer, str)):
        raise ValueError("no event")
    at = cast("object", told.get("at"))
    known = float(at) if isinstance(at, int | float) and not isinstance(at, bool) else None
    return Event(position, kind, producer, told["payload"], known)


BUSES: Mapping[str, Bus] = MappingProxyType({"http-log": HttpLog()})
"""kind -> how it is read; the policy file names the kind"""


def unread(service_id: str, at: Instant) -> Boundary:
    """The fact of a target that does not read events."""
    detail = "this target does not read events; only the local one does"
    return Boundary("", service_id, "", "", at, Answer.UNKNOWN, detail, events=True)
