"""Observations as a list of facts that people can read: what, its value, of whom, how old; judges nothing."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from tierline.facts.evidence import Health
from tierline.facts.instant import Instant
from tierline.frozen import frozen
from tierline.verification.model import Observations


@frozen
class Fact:
    """One thing that was known. `age` is in seconds before the judgement; `instance` "" is nobody's."""

    what: str
    value: str
    instance: str
    age: float


def facts_of(known: Observations, now: Instant) -> tuple[Fact, ...]:
    """Everything that a judgement at `now` was made on."""
    return (*_instances(known, now), *_health(known.health, now), *_others(known, now))


def _instances(known: Observations, now: Instant) -> Iterator[Fact]:
    if known.seen is None:
        return
    if not known.seen.instances:
        yield Fact("instances", "none", "", now - known.seen.at)
    for one in known.seen.instances:
        value = f"{one.phase} at revision {one.revision[:12]}"
        value += f", exit code {one.exit_code}" if one.exit_code is not None else ""
        value += f", {one.restarts} restarts" if one.restarts else ""
        value += f": {one.reason}" if one.reason else ""
        yield Fact(f"instance of {one.workload}", value, one.id, now - one.started_at)


def _health(answers: tuple[Health, ...], now: Instant) -> Iterator[Fact]:
    """Equal answers in a row are one fact; how many there were is not kept."""
    for (workload, instance, answer), run in groupby(
        answers, key=lambda one: (one.workload, one.instance, one.answer)
    ):
        *earlier, last = run
        value = f"{answer}{', again and again' if earlier else ''}"
        value += f": {last.detail}" if last.detail else ""
        yield Fact(f"health of {workload}", value, instance, now - last.at)


def _others(known: Observations, now: Instant) -> Iterator[Fact]:
    ready = known.dependencies
    if ready is not None:
        owners = ", ".join(f"{o} {'yes' if r else 'no'}" for o, r in sorted(ready.owners.items()))
        value = str(ready.answer) + (f"; reaches {owners}" if owners else "")
        value += f": {ready.detail}" if ready.detail else ""
        yield Fact("/readyz", value, ready.instance, now - ready.at)
    for owner, tried in sorted(known.connections.items()):
        value = str(tried.answer) + (f": {tried.detail}" if tried.detail else "")
        yield Fact(f"connection to {owner}", value, tried.instance, now - tried.at)
    for signal in known.signals:
        value = f"{signal.count} at revision {signal.revision[:12]}"
        yield Fact(str(signal.kind), value, signal.instance, now - signal.at)
    if known.requests is not None:
        one = known.requests
        value = f"{one.errors} of {one.total} failed" + (f": {one.detail}" if one.detail else "")
        yield Fact("requests", value, one.instance, now - one.at)
    for bound in known.boundaries:
        value = str(bound.answer) + (f": {bound.detail}" if bound.detail else "")
        what = f"{bound.contract} between {bound.consumer} and {bound.provider}"
        if not bound.consumer:
            what = f"answers against {bound.contract or 'its contract'}"
        yield Fact(what, value, bound.instance, now - bound.at)
