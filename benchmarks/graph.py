"""Times of the graph at 10,000 services and 50,000 edges: `python benchmarks/graph.py [SEED]`."""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable

from tierline.mesh.closure import dependents_of, owners_of
from tierline.mesh.graph import build_graph

SERVICES, EDGES, ROUNDS = 10_000, 50_000, 5


def mesh(seed: int) -> tuple[dict[str, list[str]], dict[str, int]]:
    """Owners and tiers of a random mesh without cycles."""
    chance = random.Random(seed)
    names = [f"M{number:05}-Service" for number in range(SERVICES)]
    owners: dict[str, list[str]] = {name: [] for name in names}
    for _ in range(EDGES):
        owner, dependent = sorted(chance.sample(range(SERVICES), 2))
        owners[names[dependent]].append(names[owner])
    return owners, {name: chance.choice((0, 1, 2, 2)) for name in names}


def timed(what: str, work: Callable[[], object]) -> None:
    """Print the best and the worst of some rounds."""
    times: list[float] = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        work()
        times.append((time.perf_counter() - start) * 1000)
    print(f"{what:<34} best {min(times):7.1f} ms  worst {max(times):7.1f} ms")


def main() -> None:
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    owners, tiers = mesh(seed)
    graph = build_graph(owners, tiers)
    print(
        f"{SERVICES} services, {EDGES} edges, {len(set(graph.levels.values()))} levels, seed {seed}"
    )
    timed("build_graph", lambda: build_graph(owners, tiers))
    first, last = graph.order[0], graph.order[-1]
    timed("dependents_of the first", lambda: dependents_of(graph, [first]))
    timed("owners_of the last", lambda: owners_of(graph, [last]))
    names = list(owners)
    tangled = {name: list(found) for name, found in owners.items()}
    chance = random.Random(seed)
    for _ in range(1000):
        low, high = sorted(chance.sample(range(SERVICES), 2))
        tangled[names[low]].append(names[high])
    timed("build_graph with 1,000 back edges", lambda: build_graph(tangled, tiers))
    ring = {name: [names[(at + 1) % SERVICES]] for at, name in enumerate(names)}
    timed("build_graph of one ring", lambda: build_graph(ring, tiers))


if __name__ == "__main__":
    main()
