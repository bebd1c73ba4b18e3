"""Which facts of a kind are worth telling: those that say something new, and one now and then."""

from __future__ import annotations

from dataclasses import replace

from tierline.evidence.pace import AGAIN_SECONDS
from tierline.facts.evidence import Boundary, Evidence


class News:
    """Remembers the boundary that was told last."""

    def __init__(self) -> None:
        self._last: Boundary | None = None

    def told(self, fact: Evidence) -> Evidence | None:
        """The fact, unless it repeats one that is not old yet."""
        last = self._last
        if not isinstance(fact, Boundary):
            return fact
        same = last is not None and replace(fact, at=last.at) == last
        if last is not None and same and fact.at - last.at < AGAIN_SECONDS:
            return None
        self._last = fact
        return fact
