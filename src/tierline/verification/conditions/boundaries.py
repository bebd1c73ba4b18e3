"""Do the live contracts with its neighbours hold? Knows nothing of what a contract says.

Failed, unverified and stale are three things: an answer that breaks the contract, no answer that
could be compared, and one that is too old to count for what runs now.
"""

from __future__ import annotations

from tierline.facts.decision import Severity
from tierline.facts.evidence import Answer, Boundary
from tierline.verification.case import Case, Ruling, cut, seconds, together


def boundaries(case: Case) -> Ruling:
    """None of the boundaries checked since the start failed; what could not be checked is told.

    A service whose answers are held against its contract is not verified before they were.
    """
    checked = [boundary for boundary in case.observations.boundaries if _concerns(case, boundary)]
    broken = [one for one in checked if one.answer is Answer.FAILED and not _unheard(one)]
    spared = _spared(case, broken)
    if spared is not None:
        return spared
    if broken:
        return together([_broken(boundary) for boundary in broken])
    own = [one for one in checked if not one.consumer]
    asked = [_own(case, [one for one in own if not one.events])] * case.expectation.contract
    if case.expectation.bus is not None:
        asked.append(_published(case, [one for one in own if one.events]))
    if asked:
        return together(asked)
    held = sum(boundary.answer is Answer.OK for boundary in checked)
    message = f"{held} boundary contracts hold" if held else "no boundary contract was asked for"
    return Ruling(Severity.OK, "boundary/ok", message)


def _spared(case: Case, broken: list[Boundary]) -> Ruling | None:
    """What broke holds its consumers, and not the service; None where it does.

    Only where the policy says so, and where everybody whom it concerns can still be held.
    """
    bystanders = case.expectation.bystanders
    if not broken or bystanders is None:
        return None
    concerned: set[str] = set()
    for one in broken:
        if one.consumer or one.concerns is None:
            return None
        concerned.update(one.concerns)
    if concerned & set(bystanders):
        return None
    told = together([_broken(one) for one in broken]).message
    holds = tuple(sorted(concerned))
    if not holds:
        return Ruling(Severity.WARN, "boundary/unused", f"{told}; nobody here uses that")
    message = f"{told}; used by {', '.join(holds)}"
    return Ruling(Severity.WARN, "boundary/consumers", message, holds=holds)


def _own(case: Case, answers: list[Boundary]) -> Ruling:
    """Of the service's own answers, the latest."""
    latest = max(answers, key=lambda one: one.at, default=None)
    if latest is None and not case.late:
        message = "its answers were not held against its contract yet"
        return Ruling(Severity.UNKNOWN, "boundary/unverified", message)
    if latest is None or latest.answer is not Answer.OK:
        why = cut(latest.detail) if latest else "nobody asked in time"
        message = f"its answers were not held against its contract: {why}"
        return Ruling(Severity.WARN, "boundary/unverified", message)
    if _stale(case, latest):
        ago = seconds(case.now - latest.at)
        message = f"its answers were last held against its contract {ago} ago"
        return Ruling(Severity.UNKNOWN, "boundary/stale", message)
    if not latest.contract:
        return Ruling(Severity.OK, "boundary/ok", f"it promises nothing: {cut(latest.detail)}")
    return Ruling(Severity.OK, "boundary/ok", f"{latest.contract} holds: {cut(latest.detail)}")


def _published(case: Case, events: list[Boundary]) -> Ruling:
    """Of its events, the latest; that none was seen is neither good nor bad."""
    latest = max(events, key=lambda one: one.at, default=None)
    if latest is None and not case.late:
        message = "its events were not held against their contracts yet"
        return Ruling(Severity.UNKNOWN, "boundary/unverified", message)
    if latest is not None and latest.answer is Answer.FAILED:
        message = f"{_broken(latest).message}; no consumer here uses that"
        return Ruling(Severity.WARN, "boundary/unused", message)
    if latest is None or latest.answer is not Answer.OK:
        why = cut(latest.detail) if latest else "nobody asked in time"
        message = f"its events were not held against their contracts: {why}"
        return Ruling(Severity.WARN, "boundary/unverified", message)
    if _stale(case, latest):
        ago = seconds(case.now - latest.at)
        message = f"its events were last held against their contracts {ago} ago"
        return Ruling(Severity.UNKNOWN, "boundary/stale", message)
    return Ruling(Severity.OK, "boundary/ok", f"events: {cut(latest.detail)}")


def _unheard(boundary: Boundary) -> bool:
    """Whether it is about an event that broke where no consumer relies on it."""
    return boundary.events and boundary.concerns == ()


def _stale(case: Case, boundary: Boundary) -> bool:
    fresh = case.expectation.fresh
    return fresh is not None and case.now - boundary.at > fresh.requests


def _concerns(case: Case, boundary: Boundary) -> bool:
    """A boundary checked against an instance that nobody could name counts as well."""
    return (
        case.expectation.service_id in (boundary.consumer, boundary.provider)
        and boundary.at >= case.expectation.since
        and boundary.instance in ("", *(instance.id for instance in case.current()))
    )


def _broken(boundary: Boundary) -> Ruling:
    why = f": {cut(boundary.detail)}" if boundary.detail else ""
    if boundary.events:
        message = f"its events break their contracts{why}"
        return Ruling(Severity.FAIL, "boundary/broken", message)
    if not boundary.consumer:
        message = f"its answers break {boundary.contract}{why}"
        return Ruling(Severity.FAIL, "boundary/broken", message)
    pair = f"{boundary.contract} between {boundary.consumer} and {boundary.provider}"
    return Ruling(Severity.FAIL, "boundary/broken", f"{pair} does not hold{why}")
