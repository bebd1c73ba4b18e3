"""What a watch came to: who was degraded from when to when.

A watch begins when a rollout is over, and is part of its state. Knows no clock and no evidence:
whether a service is well is judged elsewhere.
"""

from __future__ import annotations

from dataclasses import replace

from rpds import HashTrieMap

from tierline.facts.decision import Severity
from tierline.facts.instant import Instant
from tierline.frozen import frozen
from tierline.rollout.events import (
    ServiceDegraded,
    ServiceJudged,
    ServiceRecovered,
    WatchBegan,
    WatchEnded,
)


@frozen
class Degradation:
    """A spell in which a service was not well; `until` None: to the end, or still.

    `severity` warn is a remark, unknown is missing evidence, fail a fact. `because` is the owner
    that explains it. `sustained`: it lasted as long as the limit, and decided what became of the
    service, which was not watched any longer.
    """

    service_id: str
    since: Instant
    until: Instant | None
    severity: Severity
    code: str
    message: str
    because: str = ""
    sustained: bool = False


@frozen
class Watch:
    """A watch as it stands. `seconds` is how long it was meant to take; `past` is in order of end."""

    by: str
    began_at: Instant
    seconds: float
    sustained_seconds: float
    silence_seconds: float
    present: HashTrieMap[str, Degradation] = HashTrieMap()
    past: tuple[Degradation, ...] = ()
    ended_at: Instant | None = None
    reason: str = ""

    @property
    def over(self) -> bool:
        """Whether it went on for as long as it was meant to."""
        return self.ended_at is not None and not self.reason

    @property
    def spells(self) -> tuple[Degradation, ...]:
        """Every degradation, by when it began."""
        spells = (*self.past, *self.present.values())
        return tuple(sorted(spells, key=lambda one: (one.since, one.service_id)))


WatchEvent = WatchBegan | ServiceDegraded | ServiceRecovered | WatchEnded


def watched(watch: Watch | None, event: WatchEvent, at: Instant) -> Watch | None:
    """The watch after one more event of it; None for one that never began."""
    if isinstance(event, WatchBegan):
        return Watch(event.by, at, event.seconds, event.sustained_seconds, event.silence_seconds)
    if watch is None:
        return None
    match event:
        case ServiceDegraded():
            return _degraded(watch, event)
        case ServiceRecovered():
            spell = watch.present.get(event.service_id)
            return watch if spell is None else _passed(watch, replace(spell, until=at))
        case WatchEnded():
            return replace(watch, ended_at=at, reason=event.reason)


def judged(watch: Watch, event: ServiceJudged) -> Watch:
    """The watch when a service did not come out of its spell."""
    spell = watch.present.get(event.service_id)
    if spell is None or watch.ended_at is not None:
        return watch
    last = replace(spell, code=event.code, message=event.message, sustained=True)
    return _passed(watch, last)


def _degraded(watch: Watch, event: ServiceDegraded) -> Watch:
    spell = Degradation(
        event.service_id,
        event.since,
        None,
        event.severity,
        event.code,
        event.message,
        event.because,
    )
    return replace(watch, present=watch.present.insert(event.service_id, spell))


def _passed(watch: Watch, spell: Degradation) -> Watch:
    present = watch.present.discard(spell.service_id)
    return replace(watch, present=present, past=(*watch.past, spell))
