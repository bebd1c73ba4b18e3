"""What an environment ran before a rollout, by its journal.

That is the last verified revision of each service, whether it was found bad since, and what data
there may be.

Reads every row once. What runs now is not in it: that is observed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from tierline.frozen import frozen
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
                if effect is not None and effect.key == row.event.key:
                    _judge(found, row.event.verdict, effect)
                    if row.event.verdict is Judged.VERIFIED and row.rollout != rollout:
                        goal = goals.get(effect.service_id)
                        came_back = effect.action is not Action.APPLY
                        former = Former(effect.revision, row.rollout, goal if came_back else None)
                        found.good[effect.service_id] = former
            case _:
                pass
    return found


def _judge(found: Formers, verdict: Judged, effect: EffectIntended) -> None:
    """A verdict on a revision: it may fail after it was verified, and be verified after it failed."""
    named = (effect.service_id, effect.revision)
    if verdict is Judged.VERIFIED:
        found.bad.discard(named)
    elif verdict is Judged.FAILED:
        found.bad.add(named)
