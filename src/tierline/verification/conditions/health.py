"""Does every current instance answer that it is well, and keep doing so? Knows no transport."""

from __future__ import annotations

from collections.abc import Sequence

from tierline.facts.decision import Severity
from tierline.facts.evidence import Answer, Health
from tierline.facts.instant import Instant
from tierline.facts.observation import Instance
from tierline.verification.case import Case, Ruling, cut, together
from tierline.verification.history import ENOUGH, history, intrusion

MOST_CHANGES = 2
"""how often a healthy instance may turn unhealthy before it counts as flapping"""
SETTLING_SECONDS = 1.0
"""how long a stranger may answer on the port before it is a failure"""


def health(case: Case) -> Ruling:
    """ENOUGH answers in a row, of each current instance, from after the start.

    A failure at once is: a stranger that goes on answering, ENOUGH failures in a row after it was
    healthy, flapping. One that never was healthy may become so until the deadline.
    """
    if not case.expectation.workloads:
        return Ruling(Severity.UNKNOWN, "health/unseen", "no workload is declared, none can answer")
    return together([_workload(case, name) for name in case.expectation.workloads])


def healthy_at(case: Case) -> Instant | None:
    """When the last of all current instances became healthy; None while one is not."""
    latest = case.expectation.since
    for workload in case.expectation.workloads:
        instances = case.current(workload)
        if not instances:
            return None
        for instance in instances:
            reached = history(_answers(case, workload), instance.id).healthy_at
            if reached is None:
                return None
            latest = max(latest, reached)
    return latest


def _answers(case: Case, workload: str) -> tuple[Health, ...]:
    expectation = case.expectation
    return tuple(
        answer
        for answer in case.observations.health
        if answer.service_id == expectation.service_id
        and answer.workload == workload
        and answer.at >= expectation.since
    )


def _workload(case: Case, workload: str) -> Ruling:
    answers, instances = _answers(case, workload), case.current(workload)
    strange = intrusion(answers, frozenset(instance.id for instance in instances))
    if strange:
        message = f"{workload} is answered by a process outside its instance"
        message += _after_colon(strange[-1].detail)
        if strange[-1].at - strange[0].at >= SETTLING_SECONDS:
            return Ruling(Severity.FAIL, "health/foreign", message)
        return case.failing("health/foreign", message)
    if not instances:
        return Ruling(Severity.UNKNOWN, "health/unseen", f"{workload} has no instance to ask")
    return together([_instance(case, answers, instance) for instance in instances])


def _instance(case: Case, answers: Sequence[Health], instance: Instance) -> Ruling:
    past, name = history(answers, instance.id), instance.workload
    if past.changes > MOST_CHANGES:
        message = f"{name} flaps: it turned from healthy to unhealthy {past.changes} times"
        detail = _after_colon(past.failed.detail if past.failed else "")
        return Ruling(Severity.FAIL, "health/flapping", message + detail)
    if past.streak >= ENOUGH and past.latest is not None and case.stale(past.latest):
        message = f"{name} was healthy and last answered {case.ago(past.latest)}"
        return Ruling(Severity.UNKNOWN, "health/silent", message)
    if past.streak >= ENOUGH:
        return Ruling(Severity.OK, "health/ok", f"{name} is healthy")
    if past.was_healthy and past.failures >= ENOUGH and past.failed is not None:
        message = f"{name} is no longer healthy{_after_colon(_failure(past.failed, instance))}"
        return Ruling(Severity.FAIL, "health/lost", message)
    if past.was_healthy:
        message = f"{name} was healthy, its latest answers were not all so"
        return Ruling(Severity.UNKNOWN, "health/unsteady", message)
    if past.failed is None:
        return Ruling(Severity.UNKNOWN, "health/unseen", _silence(answers, instance, past.streak))
    why = _after_colon(_failure(past.failed, instance))
    return case.failing("health/never", f"{name} not healthy {case.taken()}{why}")


def _silence(answers: Sequence[Health], instance: Instance, streak: int) -> str:
    name = instance.workload
    if streak:
        return f"{name} answered {streak} of {ENOUGH} times in a row"
    unable = [answer for answer in answers if answer.answer is Answer.UNKNOWN and answer.detail]
    if unable:
        return f"{name} could not be asked: {cut(unable[-1].detail)}"
    others = [answer for answer in answers if answer.instance not in ("", instance.id)]
    if others:
        return f"{name} was answered only by the previous instance {others[-1].instance}"
    return f"{name} has not answered since it was started"


def _failure(failed: Health, instance: Instance) -> str:
    told = tuple(instance.addresses.values())
    detail = cut(failed.detail)
    if failed.answer is not Answer.NOBODY:
        return detail
    detail = detail or f"connection refused on {', '.join(told)}"
    if instance.listening is None or "listens" in detail:
        return detail
    elsewhere = [str(p) for p in instance.listening if not any(a.endswith(f":{p}") for a in told)]
    if elsewhere:
        return f"{detail}; it listens on {', '.join(elsewhere)}"
    return detail if instance.listening else f"{detail}; it listens on no port"


def _after_colon(text: str) -> str:
    return f": {cut(text)}" if text else ""
