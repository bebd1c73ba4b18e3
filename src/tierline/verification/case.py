"""One case to judge and what a condition may say of it; knows no condition itself."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

from tierline.facts.decision import Severity
from tierline.facts.evidence import Connection, Dependencies, Health, Requests, Signal
from tierline.facts.instant import Instant
from tierline.facts.observation import Instance, Phase, Seen
from tierline.frozen import frozen
from tierline.verification.model import Expectation, Observations

_WHOLE = 9.95
"""seconds from which on tenths are not worth saying"""
LONGEST = 300
"""characters of foreign text (an answer, a last line of output) that a message repeats"""


@frozen
class Ruling:
    """What a condition says. Only evidence changes a FAIL.

    `next_at` is when time alone may change it, before the deadline. `final` marks an unknown that
    further evidence of the same kind is not going to resolve. `holds` are consumers that it holds.
    """

    status: Severity
    code: str
    message: str
    next_at: Instant | None = None
    final: bool = False
    holds: tuple[str, ...] = ()


_RANK = {Severity.FAIL: 3, Severity.UNKNOWN: 2, Severity.WARN: 1, Severity.OK: 0}


def _pair(one: Ruling, other: Ruling) -> Ruling:
    if _RANK[one.status] != _RANK[other.status]:
        return max(one, other, key=lambda ruling: _RANK[ruling.status])
    moments = [at for at in (one.next_at, other.next_at) if at is not None]
    return Ruling(
        one.status,
        one.code,
        one.message if other.message == one.message else f"{one.message}; {other.message}",
        min(moments, default=None),
        one.final and other.final,
    )


def together(rulings: Sequence[Ruling]) -> Ruling:
    """The worst of several rulings (at least one); those equally bad share a message."""
    return reduce(_pair, rulings)


Fact = Health | Dependencies | Connection | Requests | Signal
"""evidence that is of one instance"""


@frozen
class Case:
    """An expectation, the evidence about it and the present instant."""

    expectation: Expectation
    observations: Observations
    now: Instant

    @property
    def late(self) -> bool:
        """Whether missing evidence is no longer awaited."""
        return self.now >= self.expectation.deadline

    @property
    def seen(self) -> Seen | None:
        """What runs of this service, if that has been observed."""
        seen = self.observations.seen
        return seen if seen and seen.service_id == self.expectation.service_id else None

    def failing(self, code: str, message: str) -> Ruling:
        """A condition that is not met but still may be: unknown now, a failure at the deadline."""
        return Ruling(Severity.FAIL if self.late else Severity.UNKNOWN, code, message)

    def ours(self, instance: Instance) -> bool:
        """Whether the expected effect started it (any, where no effect is expected)."""
        return self.expectation.key in ("", instance.key)

    def current(self, workload: str | None = None) -> tuple[Instance, ...]:
        """The instances that evidence may be of: ours, alive, of the planned revision."""
        seen, revision = self.seen, self.expectation.revision
        if seen is None:
            return ()
        return tuple(
            instance
            for instance in seen.instances
            if workload in (None, instance.workload)
            and instance.phase is not Phase.EXITED
            and self.ours(instance)
            and revision in ("", instance.revision)
        )

    def counts(self, fact: Fact) -> bool:
        """Whether a fact is of this service, of a current instance and from after the start."""
        return (
            fact.service_id == self.expectation.service_id
            and fact.at >= self.expectation.since
            and any(fact.instance == instance.id for instance in self.current())
        )

    def stale(self, fact: Fact) -> bool:
        """Whether a watched service should have shown this again by now."""
        fresh = self.expectation.fresh
        if fresh is None:
            return False
        match fact:
            case Health():
                allowed = fresh.health
            case Dependencies() | Connection():
                allowed = fresh.reached
            case Requests():
                allowed = fresh.requests
            case Signal():
                allowed = fresh.signals
        return self.now - fact.at > allowed

    def ago(self, fact: Fact) -> str:
        """`12 s ago`: when it was shown last."""
        return f"{seconds(self.now - fact.at)} ago"

    def taken(self) -> str:
        """`after 3 s (limit 15 s)`: how long it has been, and how long it may be.

        Of a watched service `now`: its start is long ago.
        """
        if self.expectation.fresh is not None:
            return "now"
        since, deadline = self.expectation.since, self.expectation.deadline
        return f"after {seconds(self.now - since)} (limit {seconds(deadline - since)})"


def seconds(span: float) -> str:
    """`15 s`, `2.5 s`: a duration of about two digits."""
    return f"{max(span, 0.0):.{1 if span < _WHOLE else 0}f}".removesuffix(".0") + " s"


def short(revision: str) -> str:
    """A revision as people compare it: its first 12 characters."""
    return revision[:12] or "unknown"


def cut(text: str) -> str:
    """At most LONGEST characters of a text, all encodable; cutting twice changes nothing more."""
    sound = text.encode(errors="replace").decode()
    return sound if len(sound) <= LONGEST else sound[: LONGEST - 3] + "..."
