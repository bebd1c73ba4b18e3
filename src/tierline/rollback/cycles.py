"""From which start on services are tied in a circle, where starts only ever add to the graph.

Divide and conquer over time: at the middle, edges inside one component belong to the earlier half,
all others, between components, to the later one. Each edge is looked at once a level of halving:
O(E log V). Edges between components of the last graph are never on a circle, and left out before.
Knows numbers only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tierline.rollback.takes import components

Arc = tuple[str, str, int]
"""from, to, and the time from which it is there"""


def circle_times(arcs: Iterable[Arc], last: int) -> Mapping[str, int]:
    """Node -> the time (1 to `last`) at which it first lies on a circle; only nodes that ever do."""
    known = list(arcs)
    place = _places(known, last)
    tied = [arc for arc in known if place[arc[0]] == place[arc[1]]]
    halving = _Halving(last)
    halving.go(1, last + 1, tied)
    return halving.times


class _Halving:
    def __init__(self, last: int) -> None:
        self._last = last
        self._merged: dict[str, str] = {}
        self.times: dict[str, int] = {}

    def go(self, first: int, last: int, arcs: list[Arc]) -> None:
        """Find what happens from `first` to `last`; what lies after the last time happens never."""
        if not arcs or first > self._last:
            return
        middle = (first + last) // 2
        arcs = [(self._of(one), self._of(other), at) for one, other, at in arcs]
        arcs = [arc for arc in arcs if arc[0] != arc[1]]
        place = _places(arcs, middle)
        inside: list[Arc] = []
        between: list[Arc] = []
        for arc in arcs:
            one, other, at = arc
            tied = at <= middle and place[one] == place[other]
            (inside if tied else between).append(arc)
        if first == last:
            self._tie(inside, first)
            return
        self.go(first, middle, inside)
        self.go(middle + 1, last, between)

    def _tie(self, arcs: list[Arc], at: int) -> None:
        for one, other, _ in arcs:
            self.times.setdefault(one, at)
            self.times.setdefault(other, at)
            self._merged[self._of(one)] = self._of(other)

    def _of(self, node: str) -> str:
        """What stands for a node that others were merged with."""
        top = node
        while (above := self._merged.get(top, top)) != top:
            top = above
        while (above := self._merged.get(node, node)) != top:
            self._merged[node] = top
            node = above
        return top


def _places(arcs: list[Arc], until: int) -> dict[str, int]:
    """Node -> number of its component in the graph as it is at a time."""
    follow: dict[str, list[str]] = {}
    for one, other, at in arcs:
        follow.setdefault(one, [])
        follow.setdefault(other, [])
        if at <= until:
            follow[one].append(other)
    groups = components(follow, follow)
    return {node: number for number, group in enumerate(groups) for node in group}
