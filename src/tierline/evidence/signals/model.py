"""What a server of telemetry is asked and what it says; knows no server."""

from __future__ import annotations

import math
from typing import Protocol

from tierline.facts.instant import Instant
from tierline.frozen import frozen

MOST_SENDERS = 20_000
"""rows of an answer; one with more is refused, not cut"""
_LONGEST = 400


class Unanswered(Exception):  # noqa: N818 - a fact about the world
    """Nobody knows what arrived; the message says why."""


@frozen
class Wanted:
    """An instance that something has to arrive of: its service, and how its telemetry names it."""

    service_id: str
    instance: str


@frozen
class Question:
    """The instances that telemetry is wanted of, most wanted first, and how far back to look."""

    wanted: tuple[Wanted, ...]
    seconds: float


@frozen
class Heard:
    """Telemetry that a server has of one sender, as its resource says it.

    `newest` is the time of the newest by whatever clock stamped it, only good for comparing with
    an earlier answer; None where the server does not say. `age` is how old it is at most.
    """

    service_id: str
    revision: str
    instance: str
    count: int
    newest: float | None
    age: float


class Source(Protocol):
    """Raises Unanswered, and nothing else, where an answer is missing or not to be understood."""

    async def ask(self, question: Question) -> tuple[Heard, ...]:
        """What the server has of these instances, and perhaps of others."""
        ...

    async def close(self) -> None: ...


@frozen
class Names:
    """Under which names a server keeps service, version and instance of a sender."""

    service: str
    version: str
    instance: str

    @property
    def all(self) -> tuple[str, str, str]:
        return self.service, self.version, self.instance


def sender_of(values: dict[str, object], names: Names) -> tuple[str, str, str]:
    """Service, revision and instance of a row; "" for what it does not say.

    Prometheus writes a service with its namespace, `shop/M01-Accounts`: only the name counts.
    """
    service, version, instance = (_text(values.get(name)) for name in names.all)
    return service.rpartition("/")[2], version, instance


def _text(value: object) -> str:
    return value[:_LONGEST] if isinstance(value, str) else ""


def newest_of(heard: list[Heard]) -> tuple[Heard, ...]:
    """One row for each sender: its counts together, and the newest time.

    Unanswered where a time is none, or where there are more senders than anybody means to ask about.
    """
    found: dict[tuple[str, str, str], Heard] = {}
    for one in heard:
        if not math.isfinite(one.newest or 0.0):
            raise Unanswered("its answer has a time that is none")
        sender = (one.service_id, one.revision, one.instance)
        known = found.get(sender)
        if known is None:
            found[sender] = one
            continue
        latest = one if (one.newest or 0.0) > (known.newest or 0.0) else known
        found[sender] = Heard(*sender, known.count + one.count, latest.newest, latest.age)
    if len(found) > MOST_SENDERS:
        raise Unanswered(f"it has more than {MOST_SENDERS} senders; narrow it down with match")
    return tuple(found.values())


def age_at(present: Instant, then: float) -> float:
    """Seconds from one time of a server to its present, never less than none."""
    return max(present - then, 0.0)
