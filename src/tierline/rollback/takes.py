"""Who takes whom along when it goes back: the graph that edges make, and its circles.

If an edge does not hold once one of its services alone is old, that one takes the other along,
which then has to go first.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from tierline.boundary.model import Fit
from tierline.rollback.model import Edge, Link

Takes = Mapping[str, list[Link]]
"""service -> what goes back with it, and why"""


def takes_of(edges: Iterable[Edge], *, unknown_ties: bool = True) -> Takes:
    """Rule by rule of each edge; unknown counts as not ok unless `unknown_ties` is off. O(edges)."""
    free = {Fit.YES} if unknown_ties else {Fit.YES, Fit.UNKNOWN}
    found: dict[str, list[Link]] = {}
    for edge in edges:
        if edge.provider_back not in free:
            unknown = edge.provider_back is Fit.UNKNOWN
            link = Link(edge.consumer, edge.provider, edge.why_provider, unknown)
            found.setdefault(edge.provider, []).append(link)
        if edge.consumer_back not in free:
            unknown = edge.consumer_back is Fit.UNKNOWN
            link = Link(edge.provider, edge.consumer, edge.why_consumer, unknown)
            found.setdefault(edge.consumer, []).append(link)
    return found


def components(
    nodes: Iterable[str], follow: Mapping[str, Collection[str]]
) -> list[tuple[str, ...]]:
    """Strongly connected components, each after all that it leads to. O(nodes + edges).

    R. E. Tarjan, Depth-First Search and Linear Graph Algorithms, 1972; without recursion.
    """
    search = _Search(follow)
    for node in nodes:
        if node not in search.index:
            search.from_(node)
    return search.found


class _Search:
    """One depth-first search; `low` is the earliest node on the stack that a node leads back to."""

    def __init__(self, follow: Mapping[str, Collection[str]]) -> None:
        self._follow = follow
        self.index: dict[str, int] = {}
        self._low: dict[str, int] = {}
        self._stack: list[str] = []
        self._open: set[str] = set()
        self._work: list[tuple[str, Iterator[str]]] = []
        self.found: list[tuple[str, ...]] = []

    def from_(self, root: str) -> None:
        """Everything that can be reached from a node that was not met yet."""
        low, work = self._low, self._work
        self._enter(root)
        while work:
            node, following = work[-1]
            for other in following:
                if other not in self.index:
                    self._enter(other)
                    break
                if other in self._open:
                    low[node] = min(low[node], self.index[other])
            else:
                work.pop()
                if work:
                    parent = work[-1][0]
                    low[parent] = min(low[parent], low[node])
                if low[node] == self.index[node]:
                    self._close(node)

    def _enter(self, node: str) -> None:
        self.index[node] = self._low[node] = len(self.index)
        self._stack.append(node)
        self._open.add(node)
        self._work.append((node, iter(self._follow.get(node, ()))))

    def _close(self, node: str) -> None:
        members: list[str] = []
        while not members or members[-1] != node:
            members.append(self._stack.pop())
        self._open.difference_update(members)
        self.found.append(tuple(members))
