"""Whom a service needs and who needs it, however far; knows ids and edges only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tierline.mesh.graph import Graph


def reach(
    edges: Mapping[str, Iterable[str]], start: Iterable[str], depth: int | None = None
) -> dict[str, int]:
    """What can be reached from `start` in at most `depth` steps (None: any) -> steps to it.

    `start` itself is 0 steps away; breadth first, O(services + edges). Unknown names lead nowhere.
    """
    steps = dict.fromkeys(start, 0)
    ring = list(steps)
    distance = 0
    while ring and (depth is None or distance < depth):
        distance += 1
        following: list[str] = []
        for name in ring:
            for next_name in edges.get(name, ()):
                if next_name not in steps:
                    steps[next_name] = distance
                    following.append(next_name)
        ring = following
    return steps


def owners_of(graph: Graph, services: Iterable[str], depth: int | None = None) -> frozenset[str]:
    """Every service that `services` wait for, directly or not; they themselves are left out."""
    return frozenset(name for name, steps in reach(graph.owners, services, depth).items() if steps)


def dependents_of(
    graph: Graph, services: Iterable[str], depth: int | None = None
) -> frozenset[str]:
    """Every service that waits for one of `services`; they themselves are left out."""
    found = reach(graph.dependents, services, depth).items()
    return frozenset(name for name, steps in found if steps)
