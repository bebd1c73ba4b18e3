"""How many requests to send to one instance, and what of the counts to tell; sends none itself.

A target counts all requests that an instance ever answered. A span is the part of them that one
sequential test is made of. A rollout needs one span; whoever is watched is tested again and again.
"""

from __future__ import annotations

from dataclasses import replace

from tierline.evidence.pace import AGAIN_SECONDS, IDLE_SECONDS
from tierline.facts.evidence import Evidence, Requests
from tierline.facts.instant import Instant
from tierline.policy.model import Limits
from tierline.verification.sprt import Share, share, wanted

BATCH = 40
"""requests that are sent at once"""


class Sampling:
    """The spans of one instance after the other; `again`: one span follows another."""

    def __init__(self, limits: Limits, *, again: bool) -> None:
        self._limits, self._again = limits, again
        self.renew()

    def renew(self) -> None:
        """Another instance is sampled from here on: nothing of the one before counts."""
        self._before, self._counted = (0, 0), (0, 0)
        self._first = True
        self._due: Instant | None = None

    def missing(self, now: Instant) -> int:
        """How many requests to send now; 0 while the test of this span has its answer."""
        if self._again and self._due is not None and now >= self._due:
            total, errors = self._before
            self._before = (total + self._counted[0], errors + self._counted[1])
            self._counted, self._due, self._first = (0, 0), None, False
        return min(BATCH, wanted(*self._counted, self._limits))

    def told(self, fact: Evidence) -> Evidence | None:
        """What to tell of the counts: those of this span, of a later one when it has its answer.

        Until then the answer of the span before stands.
        """
        if not isinstance(fact, Requests) or not fact.instance:
            return fact
        if fact.total < self._before[0]:
            self._before = (0, 0)
        total, errors = fact.total - self._before[0], fact.errors - self._before[1]
        self._counted = (total, errors)
        still_open = wanted(total, errors, self._limits) > 0
        if not still_open:
            good = share(total, errors, self._limits) is Share.GOOD
            self._due = fact.at + (AGAIN_SECONDS if good else IDLE_SECONDS)
        if still_open and not self._first:
            return None
        return replace(fact, total=total, errors=errors)

    @property
    def total(self) -> int:
        """Requests of this span that were answered."""
        return self._counted[0]
