"""The health answers of one instance in a row: how long well, how often not; knows no limits."""

from __future__ import annotations

from collections.abc import Sequence

from tierline.facts.evidence import Answer, Health
from tierline.facts.instant import Instant
from tierline.frozen import frozen

ENOUGH = 3
"""answers in a row that make an instance healthy, or its failure a sustained one"""
FLAP_SECONDS = 60.0
"""how long before the latest answer a change still counts"""


@frozen
class History:
    """`streak` counts the OK answers since the last other one; `healthy_at` is when it reached
    ENOUGH; `latest` is the last answer; `failures` counts the failures since the last OK; `changes` how often OK turned into
    failure in the last FLAP_SECONDS; `was_healthy` whether a streak ever reached ENOUGH; `failed` the last failure.
    """

    streak: int = 0
    healthy_at: Instant | None = None
    failures: int = 0
    changes: int = 0
    was_healthy: bool = False
    failed: Health | None = None
    latest: Health | None = None


def foreign(answer: Health) -> bool:
    """Whether something answered that is not an instance of the service."""
    return not answer.instance and answer.answer in (Answer.OK, Answer.FAILED)


def history(answers: Sequence[Health], instance: str) -> History:
    """Fold the answers that concern `instance`: its own, and those of nobody or of a stranger.

    A probe that could not be made breaks a streak but is no failure.
    """
    streak = failures = 0
    changes: list[Instant] = []
    healthy_at: Instant | None = None
    was_healthy = well = False
    failed: Health | None = None
    latest: Health | None = None
    for answer in answers:
        if answer.instance not in ("", instance):
            continue
        latest = answer
        if answer.answer is Answer.OK and not foreign(answer):
            streak, failures, well = streak + 1, 0, True
            if streak == ENOUGH:
                healthy_at, was_healthy = answer.at, True
            continue
        streak, healthy_at = 0, None
        if answer.answer is not Answer.UNKNOWN:
            changes.extend([answer.at] if well else [])
            failures, well, failed = failures + 1, False, answer
    horizon = answers[-1].at - FLAP_SECONDS if answers else 0.0
    recent = sum(at >= horizon for at in changes)
    return History(streak, healthy_at, failures, recent, was_healthy, failed, latest)


def intrusion(answers: Sequence[Health], instances: frozenset[str]) -> tuple[Health, ...]:
    """The latest answers in a row that a stranger gave, with none of `instances` in between."""
    latest: list[Health] = []
    for answer in answers:
        if foreign(answer):
            latest.append(answer)
        elif answer.instance in instances or answer.answer is Answer.NOBODY:
            latest.clear()
    return tuple(latest)
