"""Folds facts into Observations, in bounded memory; judges nothing.

What is left out never changes a verdict: of answers that say the same in a row only the first ones
and the last are kept, which is all that a streak, a failure or a flap can be read from.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

from tierline.facts.evidence import (
    Boundary,
    Connection,
    Dependencies,
    Evidence,
    Health,
    Requests,
    Signal,
)
from tierline.facts.observation import Seen
from tierline.verification.history import ENOUGH
from tierline.verification.model import Observations

T = TypeVar("T", Seen, Dependencies, Requests, Connection, Boundary)

MOST_ANSWERS = 64
"""health answers kept of one instance of a workload"""
MOST_HEALTH = 1024
"""health answers kept of a service"""
MOST_SUBJECTS = 256
"""signals, connections, boundaries kept of a service"""


def add(observations: Observations, fact: Evidence | Seen) -> Observations:
    """Take in one fact. One older than what is known of the same subject changes nothing."""
    match fact:
        case Seen():
            return replace(observations, seen=_later(observations.seen, fact))
        case Health():
            return replace(observations, health=_health(observations.health, fact))
        case Dependencies():
            latest = _later(observations.dependencies, fact)
            return replace(observations, dependencies=latest)
        case Connection():
            return replace(observations, connections=_connections(observations.connections, fact))
        case Signal():
            return replace(observations, signals=_signals(observations.signals, fact))
        case Requests():
            return replace(observations, requests=_later(observations.requests, fact))
        case Boundary():
            return replace(observations, boundaries=_boundaries(observations.boundaries, fact))


def condensed(health: Iterable[Health]) -> tuple[Health, ...]:
    """The answers of a sequence (oldest first) that `add` would have kept."""
    kept: tuple[Health, ...] = ()
    for answer in health:
        kept = _health(kept, answer)
    return kept


def _later(known: T | None, fact: T) -> T:
    return fact if known is None or fact.at >= known.at else known


def _health(health: tuple[Health, ...], new: Health) -> tuple[Health, ...]:
    """Add an answer; the last of more than ENOUGH equal ones in a row gives way to it."""
    places = [n for n, old in enumerate(health) if old.workload == new.workload]
    alike = 0
    for place in reversed(places):
        old = health[place]
        if (old.instance, old.answer) != (new.instance, new.answer):
            break
        alike += 1
    if alike > ENOUGH:
        return (*health[: places[-1]], *health[places[-1] + 1 :], new)
    same = [n for n in places if health[n].instance == new.instance]
    if len(same) >= MOST_ANSWERS:
        health = (*health[: same[0]], *health[same[0] + 1 :])
    return (*health, new)[-MOST_HEALTH:]


def _connections(known: Mapping[str, Connection], new: Connection) -> Mapping[str, Connection]:
    if new.owner not in known and len(known) >= MOST_SUBJECTS:
        return known
    return {**known, new.owner: _later(known.get(new.owner), new)}


def _signals(known: tuple[Signal, ...], new: Signal) -> tuple[Signal, ...]:
    """One entry per kind, revision and instance; the counts of a sender only grow."""
    subject = (new.kind, new.revision, new.instance)
    rest = tuple(old for old in known if (old.kind, old.revision, old.instance) != subject)
    old = next((old for old in known if old not in rest), None)
    if old is not None and old.at > new.at:
        return known
    return (*rest, new)[-MOST_SUBJECTS:]


def _boundaries(known: tuple[Boundary, ...], new: Boundary) -> tuple[Boundary, ...]:
    subject = (new.consumer, new.provider, new.contract)
    rest = tuple(old for old in known if (old.consumer, old.provider, old.contract) != subject)
    old = next((old for old in known if old not in rest), None)
    return (*rest, _later(old, new))[-MOST_SUBJECTS:]
