"""Who waits for whom: tiers, levels, cycles, closures; knows ids and edges only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Inversion:
    """A service declared in a lower tier than one of its owners, and whom it waits for."""

    service_id: str
    tier: int
    effective_tier: int
    because: str
    """the owner whose effective tier decides"""


@dataclass(frozen=True, slots=True)
class Graph:
    """DBR edges between services of one mesh, and what follows from them.

    `owners[s]`/`dependents[s]` are sorted and list services of the mesh only. Services on or behind
    a cycle have no level and no effective tier: they are absent from both maps. `order` lists the
    others, owners first. `cycles` holds one shortest edge list per strongly connected component
    (`a -> b -> a` is `(a, b)`), smallest first.
    """

    owners: Mapping[str, tuple[str, ...]]
    dependents: Mapping[str, tuple[str, ...]]
    tiers: Mapping[str, int]
    effective_tiers: Mapping[str, int]
    levels: Mapping[str, int]
    order: tuple[str, ...]
    cycles: tuple[tuple[str, ...], ...]
    inversions: tuple[Inversion, ...]
