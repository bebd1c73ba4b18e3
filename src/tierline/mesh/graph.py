"""Who waits for whom: tiers, levels, cycles, closures; knows ids and edges only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tierline.frozen import frozen
from tierline.mesh.cycles import shortest_cycles


@frozen
class Inversion:
    """A service declared in a lower tier than one of its owners, and whom it waits for."""

    service_id: str
    tier: int
    effective_tier: int
    because: str
    """the owner whose effective tier decides"""


@frozen
class Graph:
    """DBR edges between services of one mesh, and what follows from them.

    `owners[s]`/`dependents[s]` are sorted and list services of the mesh only. Services on or behind
    a cycle have no level and no effective tier: they are absent from both maps. `order` lists the
    others by effective tier, then level, then id, so owners first. `cycles` holds one shortest
    cycle per strongly connected component, each service waiting for the next (`a -> b -> a` is
    `(a, b)`, smallest id first), shortest first.
    """

    owners: Mapping[str, tuple[str, ...]]
    dependents: Mapping[str, tuple[str, ...]]
    tiers: Mapping[str, int]
    effective_tiers: Mapping[str, int]
    levels: Mapping[str, int]
    order: tuple[str, ...]
    cycles: tuple[tuple[str, ...], ...]
    inversions: tuple[Inversion, ...]


def batch_id(effective_tier: int, level: int) -> str:
    """What a batch is called in plans, reports and the selection `batch:ID`: `t2-l0`."""
    return f"t{effective_tier}-l{level}"


def build_graph(owners: Mapping[str, Iterable[str]], tiers: Mapping[str, int]) -> Graph:
    """The graph of the services in `tiers`; `owners` of others, and edges to others, are left out.

    Levels by Kahn's algorithm (Communications of the ACM 5, 1962): O(services + edges).
    """
    own = {name: tuple(sorted({*owners.get(name, ())} & tiers.keys())) for name in tiers}
    listed: dict[str, list[str]] = {name: [] for name in tiers}
    for name in sorted(own):
        for owner in own[name]:
            listed[owner].append(name)
    dependents = {name: tuple(names) for name, names in listed.items()}
    levels, effective, because = _release(own, dependents, tiers)
    order = tuple(sorted(levels, key=lambda name: (effective[name], levels[name], name)))
    rest = {
        name: [owner for owner in found if owner not in levels]
        for name, found in own.items()
        if name not in levels
    }
    inversions = (
        Inversion(name, tiers[name], effective[name], because[name])
        for name in order
        if effective[name] > tiers[name]
    )
    return Graph(
        owners=own,
        dependents=dependents,
        tiers=dict(tiers),
        effective_tiers=effective,
        levels=levels,
        order=order,
        cycles=shortest_cycles(rest),
        inversions=tuple(inversions),
    )


def _release(
    owners: Mapping[str, tuple[str, ...]],
    dependents: Mapping[str, tuple[str, ...]],
    tiers: Mapping[str, int],
) -> tuple[dict[str, int], dict[str, int], dict[str, str]]:
    """Level, effective tier, and the owner that decides it, of all that no cycle keeps waiting."""
    waiting = {name: len(found) for name, found in owners.items()}
    levels: dict[str, int] = {}
    effective: dict[str, int] = {}
    because: dict[str, str] = {}
    free = [name for name, count in waiting.items() if not count]
    level = 0
    while free:
        released: list[str] = []
        for name in free:
            tier = tiers[name]
            for owner in owners[name]:
                if effective[owner] > tier:
                    tier, because[name] = effective[owner], owner
            levels[name], effective[name] = level, tier
            for dependent in dependents[name]:
                waiting[dependent] -= 1
                if not waiting[dependent]:
                    released.append(dependent)
        free = released
        level += 1
    return levels, effective, because
