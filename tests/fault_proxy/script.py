"""Which request meets which fault: by rules in turn, or by chance with a seed."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from fault_proxy.exchange import Request
from fault_proxy.faults import Fault


class Script(Protocol):
    """Says what happens to a request; asked once for each, in the order of their arrival."""

    def fault_of(self, request: Request) -> Fault | None:
        """The fault; None when it passes."""
        ...


@dataclass(frozen=True, slots=True)
class Rule:
    """A fault for requests of a method (any where empty) whose target matches a pattern.

    The first `skip` of them pass, then `times` meet it; all that follow, where `times` is 0.
    """

    fault: Fault
    target: str = ""
    method: str = ""
    skip: int = 0
    times: int = 1

    def is_for(self, request: Request) -> bool:
        """Whether the request is one of those."""
        same = not self.method or request.method == self.method
        return same and re.search(self.target, request.target) is not None


class Turns:
    """Rules of which each counts for itself; the first that has a fault for a request decides."""

    def __init__(self, *rules: Rule) -> None:
        """Without rules everything passes."""
        self._met = dict.fromkeys(range(len(rules)), 0)
        self._rules = rules

    def fault_of(self, request: Request) -> Fault | None:
        """What the rules say; each that matches counts the request."""
        found: Fault | None = None
        for number, rule in enumerate(self._rules):
            if not rule.is_for(request):
                continue
            self._met[number] += 1
            turn = self._met[number] - rule.skip
            if found is None and turn > 0 and (rule.times == 0 or turn <= rule.times):
                found = rule.fault
        return found

    @property
    def unmet(self) -> list[Rule]:
        """Rules that no request has come to yet: a test with such has not tested them."""
        met = self._met.items()
        return [self._rules[number] for number, times in met if times <= self._rules[number].skip]


class Storm:
    """A share of all requests meets one of some faults, by chance; the same seed, the same luck."""

    def __init__(self, seed: int, share: float, faults: Sequence[Fault], most: int) -> None:
        """`share` between 0 and 1; after `most` faults the storm is over."""
        self._luck, self._share, self._faults, self._left = random.Random(seed), share, faults, most

    def fault_of(self, request: Request) -> Fault | None:
        """What chance says."""
        if self._left == 0 or self._luck.random() >= self._share:
            return None
        self._left -= 1
        return self._luck.choice(self._faults)
