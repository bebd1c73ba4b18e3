"""How long rollback coverage and one rollback take, for releases up to 10,000 services.

    python benchmarks/rollback.py

The budget is 10 s for the coverage of 10,000 services with 50,000 boundaries on two cores.
"""

from __future__ import annotations

import random
import sys
import time

from tierline.boundary.model import Fit
from tierline.rollback.coverage import coverage
from tierline.rollback.model import Edge, Pin, Scene
from tierline.rollback.solve import solve

BUDGET_SECONDS = 10.0


def made(count: int, edges: int, tied: float, seed: int) -> Scene:
    """A release of so many services; `tied` is the share of boundary directions that do not hold."""
    chance = random.Random(seed)
    names = [f"M{number:05d}-Generated-Service" for number in range(count)]

    def fit() -> Fit:
        return chance.choice([Fit.NO, Fit.UNKNOWN]) if chance.random() < tied else Fit.YES

    ends = [chance.sample(names, 2) for _ in range(edges)]
    found = [Edge(one, other, "api", fit(), fit()) for one, other in ends]
    pinned = chance.sample(range(count), count // 100)
    pins = {names[i]: (Pin("pin", "it wrote a new format", i + 1),) for i in pinned}
    return Scene(tuple(names), tuple(found), pins)


def main() -> int:
    """Print a table; 1 where the budget is missed."""
    worst = 0.0
    print(f"{'services':>8} {'edges':>8} {'tied':>5} {'coverage':>9} {'one':>8}  safe")
    for count, edges in ((100, 500), (1_000, 5_000), (10_000, 50_000)):
        for tied in (0.01, 0.1, 0.5, 1.0):
            scene = made(count, edges, tied, 1)
            began = time.perf_counter()
            found = coverage(scene)
            middle = time.perf_counter()
            solve(scene, [scene.changed[-1]])
            ended = time.perf_counter()
            worst = max(worst, middle - began)
            print(
                f"{count:>8,} {edges:>8,} {tied:>5.0%} {middle - began:>8.2f}s"
                f" {ended - middle:>7.3f}s  {found.share:.1%}"
            )
    print(f"the slowest coverage took {worst:.2f} s, the budget is {BUDGET_SECONDS:g} s")
    return int(worst > BUDGET_SECONDS)


if __name__ == "__main__":
    sys.exit(main())
