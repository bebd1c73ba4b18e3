"""When each service is to be looked at again, the earliest first; knows nothing of why."""

from __future__ import annotations

import heapq

from tierline.facts.instant import Instant

_SPARE = 64
"""replaced entries that are not worth a clearing up"""


class Agenda:
    """One time per name, in O(log n) a change; entries that a later one replaced are skipped."""

    def __init__(self) -> None:
        self._times: dict[str, Instant] = {}
        self._heap: list[tuple[Instant, str]] = []

    @property
    def next_at(self) -> Instant | None:
        """The earliest time; None where nothing is noted."""
        while self._heap and self._times.get(self._heap[0][1]) != self._heap[0][0]:
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def note(self, name: str, at: Instant) -> None:
        """Look at `name` again at `at`, whatever was noted before."""
        if self._times.get(name) != at:
            self._times[name] = at
            heapq.heappush(self._heap, (at, name))
        if len(self._heap) > 4 * len(self._times) + _SPARE:
            self._heap = [(when, one) for one, when in self._times.items()]
            heapq.heapify(self._heap)

    def drop(self, name: str) -> None:
        """There is no time any more to look at `name` again."""
        self._times.pop(name, None)

    def due(self, now: Instant) -> set[str]:
        """Names whose time has come; they are dropped."""
        found: set[str] = set()
        while (at := self.next_at) is not None and at <= now:
            name = self._heap[0][1]
            self.drop(name)
            found.add(name)
        return found
