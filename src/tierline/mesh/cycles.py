"""Finds circles of waiting: knows ids and edges only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

WORK = 500_000
"""Edges that the search for the shortest cycle of one component may look at.

Beyond it the shortest cycle met so far is given; the first search always ends, so there is one.
"""

Edges = Mapping[str, Sequence[str]]


def shortest_cycles(edges: Edges) -> tuple[tuple[str, ...], ...]:
    """One shortest cycle per strongly connected component that has any, shortest first.

    Every name that `edges` leads to is one of its keys. A cycle begins with its smallest name.
    """
    found = [_shortest(component, edges) for component in components(edges)]
    return tuple(sorted((cycle for cycle in found if cycle), key=lambda c: (len(c), c)))


def components(edges: Edges) -> Iterator[tuple[str, ...]]:
    """Strongly connected components, each sorted (Tarjan 1972, with a stack of our own)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    open_names: dict[str, None] = {}
    for root in edges:
        if root in index:
            continue
        index[root] = low[root] = len(index)
        open_names[root] = None
        path = [(root, iter(edges[root]))]
        while path:
            name, rest = path[-1]
            for following in rest:
                if following not in index:
                    index[following] = low[following] = len(index)
                    open_names[following] = None
                    path.append((following, iter(edges[following])))
                    break
                if following in open_names:
                    low[name] = min(low[name], index[following])
            else:
                path.pop()
                if path:
                    low[path[-1][0]] = min(low[path[-1][0]], low[name])
                if low[name] == index[name]:
                    yield tuple(sorted(_take(open_names, name)))


def _take(open_names: dict[str, None], name: str) -> Iterator[str]:
    while True:
        last, _ = open_names.popitem()
        yield last
        if last == name:
            return


def _shortest(component: tuple[str, ...], edges: Edges) -> tuple[str, ...]:
    """The shortest cycle of one component; among equals that of the smallest name."""
    members = frozenset(component)
    best: tuple[str, ...] = ()
    spent = 0
    for start in component:
        if best and (len(best) == 1 or spent > WORK):
            break
        cycle, looked_at = _through(start, edges, members, len(best))
        spent += looked_at
        best = cycle or best
    if not best:
        return ()
    first = best.index(min(best))
    return best[first:] + best[:first]


def _through(
    start: str, edges: Edges, members: frozenset[str], limit: int
) -> tuple[tuple[str, ...], int]:
    """The shortest cycle through `start` if shorter than `limit` (0: any), and edges looked at.

    Breadth first, so the first way back is a shortest one.
    """
    came_from = {start: start}
    ring = [start]
    length = 1
    looked_at = 0
    while ring and (not limit or length < limit):
        following: list[str] = []
        for name in ring:
            for owner in edges[name]:
                looked_at += 1
                if owner == start:
                    return _way(came_from, start, name), looked_at
                if owner not in came_from and owner in members:
                    came_from[owner] = name
                    following.append(owner)
        ring = following
        length += 1
    return (), looked_at


def _way(came_from: Mapping[str, str], start: str, last: str) -> tuple[str, ...]:
    names = [last]
    while names[-1] != start:
        names.append(came_from[names[-1]])
    return tuple(reversed(names))
