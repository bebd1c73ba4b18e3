"""A rollback under way, as part of a rollout's state: what was decided, and what came of it since."""

from __future__ import annotations

from dataclasses import replace

from rpds import HashTrieMap, HashTrieSet

from tierline.frozen import frozen
from tierline.rollout.events import BackStep, RollbackDecided


@frozen
class Back:
    """`decided` is the newest decision, None before the first; `stale`: something happened since.

    `goals` maps every service that was ever to go back to where. `touched` read data of what
    was restored, and have to show anew that they work. `broken` says what failed meanwhile: that
    stops the rollback.
    """

    decided: RollbackDecided | None = None
    stale: bool = False
    goals: HashTrieMap[str, BackStep] = HashTrieMap()
    touched: HashTrieSet[str] = HashTrieSet()
    broken: str = ""
    blamed: frozenset[str] = frozenset()
    """services that the person who asked for it blames; none: what failed is to blame"""
    downtime: bool = False
    """that person allowed services that only work together to be stopped together"""


def decided(back: Back, event: RollbackDecided) -> Back:
    """After a decision; the one before is overtaken by it."""
    goals = back.goals
    for step in event.steps:
        goals = goals.insert(step.service_id, step)
    return replace(back, decided=event, stale=False, goals=goals)
