"""Judges whether a service works, from evidence alone: the conditions, and what follows of them.

Knows no clock, no target and no rollout. The same values always give the same verdict, so a
judgement can be stored and replayed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tierline.facts.decision import Severity
from tierline.facts.instant import Instant
from tierline.facts.revision import ABSENT
from tierline.verification.case import Case, Ruling
from tierline.verification.conditions.absent import absent
from tierline.verification.conditions.boundaries import boundaries
from tierline.verification.conditions.dependencies import dependencies
from tierline.verification.conditions.health import health
from tierline.verification.conditions.requests import requests
from tierline.verification.conditions.revision import revision
from tierline.verification.conditions.running import running
from tierline.verification.conditions.signals import signals
from tierline.verification.conditions.unasked import unasked
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
NOT_THERE = (("running", absent),)
"""the same for a service that is to be stopped"""
STATUS_ONLY = (("revision", revision), ("running", running), ("asked", unasked))
"""the same where the policy takes the target's own word"""


def judge(expectation: Expectation, observations: Observations, now: Instant) -> Verdict:
    """Judge a service that was started, checked or restored at `expectation.since`.

    VERIFIED when all conditions are ok or warn; FAILED as soon as one definitely is not; WAITING
    while evidence may still come; at the deadline FAILED by a fact, UNDECIDED by missing evidence.
    With the same evidence only WAITING ever changes as time goes on.

    A service that was verified is judged on by the same function with newer observations and a
    deadline that never comes. Then FAILED (it exited, restarted or vanished, its revision is wrong,
    health answers failed in a row, it flaps, a boundary broke, requests fail) takes the verdict
    back, and WAITING does not. One that is watched (`expectation.fresh`) has to go on showing what
    it showed: evidence that is too old is missing. One whose expected revision is `absent` is verified
    when nothing of it runs.
    """
    case = Case(expectation, observations, now)
    asked = _asked(expectation)
    rulings = [condition(case) for _, condition in asked]
    conditions = tuple(
        Condition(name, ruling.status, ruling.code, ruling.message)
        for (name, _), ruling in zip(asked, rulings, strict=True)
    )
    standing = _standing(rulings, late=case.late)
    next_at = _next_at(case, rulings) if standing is Standing.WAITING else None
    holds = tuple(sorted({name for ruling in rulings for name in ruling.holds}))
    return Verdict(standing, conditions, next_at, holds if standing is Standing.VERIFIED else ())


def _asked(expectation: Expectation) -> Sequence[tuple[str, Callable[[Case], Ruling]]]:
    if expectation.revision == ABSENT:
        return NOT_THERE
    return STATUS_ONLY if expectation.status_only else CONDITIONS


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
