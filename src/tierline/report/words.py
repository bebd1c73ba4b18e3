"""Sentences of a report that every rendering shares; knows no format."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from tierline.facts.decision import Decision
from tierline.facts.instant import Instant
from tierline.plan.codes import WITHOUT
from tierline.plan.model import LeftOut, Overruled
from tierline.report.model import REFUSED, SKIPPED, BatchReport, Cause, Report, ServiceReport
from tierline.report.times import span

_TENTHS = 600.0
_MEMBERS = 16
"""services of a batch that are named"""
_NAMED = 3
"""deciding services that the headline names"""
_ORDER = (
    *("verified", "unchanged", "restored", "failed", "held", "restoring"),
    *("verifying", "starting", "pending", "skipped"),
)


def headline(report: Report) -> str:
    """The decision in one sentence: what is so, and because of whom."""
    planned, left = parted(report)
    total = len(planned)
    passed = sum(1 for one in planned if one.verified)
    if report.state == REFUSED:
        return f"nothing was started: {_culprits(report) or report.reason}"
    if passed == total and report.state == "completed" and _spoiled(report):
        why = report.watch.reason if report.watch else ""
        why = why or "not every service stayed well to the end"
        return f"all verified, and the watch was no good: {why}"
    if passed == total and report.state == "completed" and left:
        return f"for {total} of {total + len(left)} services, all verified; {_left_out(left)}"
    if passed == total and report.state == "completed":
        past = ", but past gates: under break-glass" if report.break_glass else ""
        return f"{f'all {total} services are' if total > 1 else 'the service is'} verified{past}"
    share = f"{passed} of {total} services {'is' if passed == 1 else 'are'} verified"
    share += f"; {_left_out(left)}" if left else ""
    if report.state == "rolled-back":
        return f"{report.reason}; {share}"
    if report.rollback_refused or report.reason.startswith("the rollback stopped"):
        return f"{report.reason}; {share}"
    if report.checkpoint and report.state == "running":
        return f"{report.reason}; {share}"
    culprits = _culprits(report)
    return f"{culprits}; {share}" if culprits else f"the rollout is {report.state}; {share}"


def _spoiled(report: Report) -> bool:
    """Whether only the watch keeps a rollout from being GO."""
    watch = report.watch
    return not report.break_glass and report.decision is not Decision.GO and watch is not None


def parted(report: Report) -> tuple[tuple[ServiceReport, ...], tuple[ServiceReport, ...]]:
    """(the planned services, those that were left out)"""
    left = tuple(one for one in report.services if one.state == SKIPPED)
    return tuple(one for one in report.services if one.state != SKIPPED), left


def _left_out(left: tuple[ServiceReport, ...]) -> str:
    """`2 left out as not ready: A, B`; without the reason where some are left out on request."""
    names = ", ".join(one.service_id for one in left[:_NAMED])
    more = f" and {len(left) - _NAMED} more" if len(left) > _NAMED else ""
    because = "" if any(one.code == WITHOUT.code for one in left) else " as not ready"
    return f"{len(left)} left out{because}: {names}{more}"


def told_left_out(one: ServiceReport | LeftOut) -> str:
    """Why a service is left out: its own reason, or whom it depends on."""
    reason = one.reason if isinstance(one, ServiceReport) else one.message
    own = one.chain[-1:] == (one.service_id,)
    because = reason.removeprefix(f"{one.service_id}: ") if own else f"depends on {one.chain[-1]}"
    code = f" [{one.code}]" if own and one.code else ""
    return f"{one.service_id}: {one.decision}, {because}{code}"


def _culprits(report: Report) -> str:
    """`A, B and 2 more failed`, or the words of what keeps everything waiting."""
    for wanted in ("failed", "held", "", "not planned"):
        names = [
            cause.service_id
            for cause in report.causes
            if cause.service_id is not None and cause.state == wanted
        ]
        names = list(dict.fromkeys(names))
        if names:
            more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
            verb = "failed" if wanted == "failed" else "did not pass"
            verb = "may not ship" if report.state == REFUSED else verb
            return f"{', '.join(names[:_NAMED])}{more} {verb}"
    return report.causes[0].message if report.causes else ""


def status(report: Report) -> str:
    """How many services are in which state, and how long it took; "" where nothing began."""
    said = (
        (counts(report.services), took(report), watched(report)) if report.state != REFUSED else ()
    )
    return "; ".join(part for part in said if part)


def counts(services: tuple[ServiceReport, ...]) -> str:
    """`3 verified, 1 failed, 2 held`: states in a fixed order, without those that nobody is in."""
    counted = Counter(one.state for one in services)
    return ", ".join(f"{counted[state]} {state}" for state in _ORDER if counted[state])


def standing(batch: BatchReport) -> str:
    """How a batch stands: its only state, or the count of each; "" before anything began."""
    if all(one.state == "pending" and not one.attempts for one in batch.services):
        return ""
    states = {one.state for one in batch.services}
    return states.pop() if len(states) == 1 else counts(batch.services)


def members(batch: BatchReport) -> str:
    """The services of a batch; in a mixed one, those that are not GO with their state.

    Of many the failed are named first, and those that do not fit are counted.
    """
    mixed = len({one.state for one in batch.services}) > 1
    many = len(batch.services) > _MEMBERS
    shown = batch.services
    if many:
        shown = tuple(sorted(shown, key=lambda one: one.decision is not Decision.NO_GO))[:_MEMBERS]
    names = [
        f"{one.service_id} ({one.state})"
        if mixed and one.decision is not Decision.GO
        else one.service_id
        for one in shown
    ]
    return ", ".join(names) + (f" and {len(batch.services) - len(shown)} more" if many else "")


def since_start(report: Report, at: Instant | None) -> str:
    """A time as people follow it: `+31.5 s` after the request, "" for what did not happen.

    Tenths are kept for ten minutes, so that the order shows.
    """
    if at is None or report.requested_at is None:
        return ""
    after = at - report.requested_at
    return f"+{after:.1f} s" if after < _TENTHS else f"+{span(after)}"


def took(report: Report) -> str:
    """How long the rollout took, beside what the plan says it needs at least."""
    if report.requested_at is None or report.ended_at is None:
        return ""
    return (
        f"took {span(report.ended_at - report.requested_at)}, planned {span(report.bound_seconds)}"
    )


def watched(report: Report) -> str:
    """`watched for 10 min 00 s: GO`; "" where there was no watch."""
    watch = report.watch
    if watch is None:
        return ""
    long = span((watch.ended_at or watch.began_at) - watch.began_at)
    return f"watched for {long}: {watch.decision}" + (f" ({watch.reason})" if watch.reason else "")


def holds(cause: Cause) -> str:
    """`holds 3 services`: how many a cause keeps waiting."""
    number = len(cause.waiting)
    return f"holds {number} service{'' if number == 1 else 's'}"


def tree(cause: Cause) -> Iterator[tuple[int, ServiceReport]]:
    """(depth from 0, service): each below the one that it waits for, in order of appearance."""
    inside = {one.service_id for one in cause.waiting}
    below: dict[str, list[ServiceReport]] = {}
    for one in cause.waiting:
        owner = one.chain[1] if len(one.chain) > 1 else ""
        below.setdefault(owner if owner in inside else "", []).append(one)
    stack = [(0, one) for one in reversed(below.get("", ()))]
    while stack:
        depth, one = stack.pop()
        yield depth, one
        stack += [(depth + 1, other) for other in reversed(below.get(one.service_id, ()))]


def about(report: Report) -> str:
    """What is reported: `rollout R-1 of shop to local`."""
    target = "" if report.target == report.environment else f" ({report.target})"
    where = f"{report.environment}{target}"
    if report.state == REFUSED:
        return f"refused plan of {report.mesh} to {where}"
    if not report.rollout_id:
        return f"verification of {report.mesh} in {where}"
    return f"rollout {report.rollout_id} of {report.mesh} to {where}"


def overruled(one: Overruled) -> str:
    """Why a tier could not be kept."""
    told = f"declared tier {one.tier}, starts in tier {one.effective_tier}"
    return f"{told}, after its owner {one.because}"


def attempts(service: ServiceReport) -> str:
    """How often it was started, "" for never."""
    return str(service.attempts) if service.started_at is not None else ""


def in_order(report: Report) -> tuple[ServiceReport, ...]:
    """Services as they were started; then those that never were, in the plan's order."""
    place = {name: number for number, name in enumerate(report.order)}
    last = len(place)
    return tuple(sorted(report.services, key=lambda one: place.get(one.service_id, last)))
