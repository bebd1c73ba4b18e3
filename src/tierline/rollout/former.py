"""What an environment ran before a rollout, by its journal.

That is the last verified revision of each service, whether it was found bad since, and what data
there may be.

Reads every row once. What runs now is not in it: that is observed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice

from tierline.facts.instant import Instant
from tierline.facts.revision import ABSENT
from tierline.frozen import frozen
from tierline.policy.model import HorizonLimits
from tierline.rollout.events import (
    Action,
    BackStep,
    EffectIntended,
    Judged,
    Recorded,
    RollbackDecided,
    ServiceJudged,
    WatermarkRaised,
)


@frozen
class Former:
    """A revision that was verified once, by which rollout. `goal` is what it consists of, where a
    rollback started it: the plan of its rollout has another revision then.
    """

    revision: str
    rollout: str
    goal: BackStep | None = None


@dataclass(slots=True)
class Formers:
    """What the rows so far add up to."""

    good: dict[str, Former] = field(default_factory=dict[str, Former])
    """as of before the rollout in question"""
    bad: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    """(service, revision) whose newest judgement is that it failed, in whichever rollout"""
    data: dict[tuple[str, str], WatermarkRaised] = field(
        default_factory=dict[tuple[str, str], WatermarkRaised]
    )
    """(service, revision) -> what that one has to do with data"""
    raised: list[WatermarkRaised] = field(default_factory=list[WatermarkRaised])
    """every revision that was ever started, in order: what data there may be"""
    ran: dict[str, dict[str, Instant]] = field(default_factory=dict[str, dict[str, Instant]])
    """service -> verified revision -> when the next one took its place; the newest last"""

    def horizon(
        self, service_id: str, running: str, limits: HorizonLimits, now: Instant
    ) -> tuple[str, ...]:
        """Revisions that a service may still go back to from what runs, the newest first.

        None that was found bad, or that is absent.
        """
        ran = self.ran.get(service_id, {})
        newest, oldest = next(reversed(ran), ""), now - limits.horizon_hours * 3600
        fit = (
            revision
            for revision, until in reversed(ran.items())
            if (revision == newest or until >= oldest)
            and revision not in {running, ABSENT}
            and (service_id, revision) not in self.bad
        )
        return tuple(islice(fit, limits.horizon_revisions))


def formers(rows: Iterable[Recorded], rollout: str = "") -> Formers:
    """The fold of an environment's rows; what `rollout` verified itself is not former."""
    found = Formers()
    effects: dict[str, EffectIntended] = {}
    goals: dict[str, BackStep] = {}
    for row in rows:
        match row.event:
            case EffectIntended(action=Action.CHECK):
                pass
            case EffectIntended():
                effects[row.event.service_id] = row.event
            case RollbackDecided():
                goals |= {step.service_id: step for step in row.event.steps}
            case WatermarkRaised():
                found.raised.append(row.event)
                found.data[row.event.service_id, row.event.revision] = row.event
            case ServiceJudged():
                effect = effects.get(row.event.service_id)
                half_way = effect is not None and _half_way(effect, goals)
                if effect is not None and effect.key == row.event.key and not half_way:
                    _judge(found, row.event.verdict, effect)
                    if row.event.verdict is Judged.VERIFIED:
                        _ran(found.ran.setdefault(effect.service_id, {}), effect.revision, row.at)
                    if row.event.verdict is Judged.VERIFIED and row.rollout != rollout:
                        goal = goals.get(effect.service_id)
                        came_back = effect.action is not Action.APPLY
                        former = Former(effect.revision, row.rollout, goal if came_back else None)
                        found.good[effect.service_id] = former
            case _:
                pass
    return found


def _half_way(effect: EffectIntended, goals: Mapping[str, BackStep]) -> bool:
    """Whether it was stopped only for its former revision to take its place."""
    goal = goals.get(effect.service_id)
    return effect.action is Action.STOP and goal is not None and goal.revision != ABSENT


def _ran(known: dict[str, Instant], revision: str, at: Instant) -> None:
    """A revision was verified: it is the newest, and the one before it was replaced now."""
    last = next(reversed(known), revision)
    known[last] = at
    known.pop(revision, None)
    known[revision] = at


def _judge(found: Formers, verdict: Judged, effect: EffectIntended) -> None:
    """A verdict on a revision: it may fail after it was verified, and be verified after it failed."""
    named = (effect.service_id, effect.revision)
    if verdict is Judged.VERIFIED:
        found.bad.discard(named)
    elif verdict is Judged.FAILED:
        found.bad.add(named)
