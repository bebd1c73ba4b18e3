"""How steadily the instances of a workload answer well: each on its own, since each must be healthy."""

from __future__ import annotations

from tierline.verification.history import ENOUGH

_ROUNDS = 3
"""an instance that has not answered for so many rounds of all is gone"""


class Streaks:
    """Good answers in a row of each instance; one that is gone does not count."""

    def __init__(self) -> None:
        self._rows: dict[str, tuple[int, int]] = {}
        """instance -> good answers in a row, and which answer of all was its last"""
        self._answers = 0
        self._were_well: set[str] = set()

    def take(self, instance: str, *, well: bool) -> bool:
        """Take in an answer; True if an instance is well for the first time, and others were before."""
        self._answers += 1
        new = well and bool(self._were_well) and instance not in self._were_well
        self._were_well |= {instance} if well else set()
        before = self._rows.get(instance, (0, 0))[0]
        if not instance:
            self._rows = {name: (0, last) for name, (_, last) in self._rows.items()}
            return False
        self._rows[instance] = (before + 1 if well else 0, self._answers)
        oldest = self._answers - _ROUNDS * len(self._rows)
        self._rows = {name: row for name, row in self._rows.items() if row[1] > oldest}
        return new

    @property
    def begun(self) -> bool:
        """Whether any answered well the last time."""
        return any(streak > 0 for streak, _ in self._rows.values())

    @property
    def steady(self) -> bool:
        """Whether every one has answered well often enough."""
        return bool(self._rows) and all(streak >= ENOUGH for streak, _ in self._rows.values())
