"""Judges whether a service works, from evidence alone: the conditions, and what follows of them.

Knows no clock, no target and no rollout. The same values always give the same verdict, so a
judgement can be stored and replayed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from tierline.facts.decision import Severity
from tierline.facts.instant import Instant
from tierline.verification.case import Case, Ruling
from tierline.verification.conditions.boundaries import boundaries
from tierline.verification.conditions.dependencies import dependencies
from tierline.verification.conditions.health import health
from tierline.verification.conditions.requests import requests
from tierline.verification.conditions.revision import revision
from tierline.verification.conditions.running import running
from tierline.verification.conditions.signals import signals
from tierline.verification.model import Condition, Expectation, Observations, Standing, Verdict

CONDITIONS: tuple[tuple[str, Callable[[Case], Ruling]], ...] = (
    ("revision", revision),
    ("running", running),
    ("health", health),
    ("dependencies", dependencies),
    ("boundaries", boundaries),
    ("signals", signals),
    ("requests", requests),
)
"""name -> function, in the order in which a person reads them"""

WINDOW_SECONDS = 10.0
"""how far back `judge_again` looks"""


def judge(expectation: Expectation, observations: Observations, now: Instant) -> Verdict:
    """Judge a service that was started, checked or restored at `expectation.since`.

    VERIFIED when all conditions are ok or warn; FAILED as soon as one definitely is not; WAITING
    while evidence may still come; at the deadline FAILED by a fact, UNDECIDED by missing evidence.
    With the same evidence only WAITING ever changes as time goes on.
    """
    case = Case(expectation, observations, now)
    rulings = [condition(case) for _, condition in CONDITIONS]
    conditions = tuple(
        Condition(name, ruling.status, ruling.code, ruling.message)
        for (name, _), ruling in zip(CONDITIONS, rulings, strict=True)
    )
    standing = _standing(rulings, late=case.late)
    next_at = _next_at(case, rulings) if standing is Standing.WAITING else None
    return Verdict(standing, conditions, next_at)


def judge_again(
    expectation: Expectation,
    observations: Observations,
    now: Instant,
    window: float = WINDOW_SECONDS,
) -> Verdict:
    """Judge a service that was verified before, by what the last `window` seconds showed.

    FAILED: it exited or restarted, its revision changed, three health answers in a row failed, it
    flaps, a boundary broke, or its requests fail. UNDECIDED: too little was seen to say, which
    takes nothing back. Never WAITING. Signals that arrived once are not asked for again, nor are
    requests where no new ones were sampled; an owner that fails later is that owner's own failure.
    """
    since = max(expectation.since, now - window)
    sampled = observations.requests is not None and observations.requests.at >= since
    again = replace(
        expectation,
        since=since,
        deadline=since,
        owners=(),
        signals={},
        serves_http=expectation.serves_http and sampled,
    )
    return judge(again, observations, now)


def _standing(rulings: Sequence[Ruling], *, late: bool) -> Standing:
    statuses = {ruling.status for ruling in rulings}
    if Severity.FAIL in statuses:
        return Standing.FAILED
    if Severity.UNKNOWN not in statuses:
        return Standing.VERIFIED
    hopeless = all(ruling.final for ruling in rulings if ruling.status is Severity.UNKNOWN)
    return Standing.UNDECIDED if late or hopeless else Standing.WAITING


def _next_at(case: Case, rulings: Sequence[Ruling]) -> Instant:
    moments = [ruling.next_at for ruling in rulings if ruling.next_at is not None]
    return min([case.expectation.deadline, *moments])
