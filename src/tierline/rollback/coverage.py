"""How much of a rollout can be rolled back, and from which start on some failure no longer can.

Whatever was unsafe stays unsafe as more is started: services and edges only come to the graph, data
only moves forward, so closures, circles and pins only grow. Each service thus has one first start
after which its failure has no safe rollback, and the sum over all starts follows from those.
"""

from __future__ import annotations

from heapq import heapify, heappop, heappush

from tierline.frozen import frozen
from tierline.rollback.cycles import circle_times
from tierline.rollback.model import Refusal, Scene
from tierline.rollback.solve import solve
from tierline.rollback.takes import Takes, takes_of


@frozen
class Turning:
    """The point of no return: once `service_id`, the `step`-th, is started, a failure of `failing`
    has no safe rollback, for the reason of `refusal`; before that every failure has one.
    """

    step: int
    service_id: str
    failing: str
    refusal: Refusal


@frozen
class Coverage:
    """Of all `cases` (one of the services started so far fails, after each start) how many are `safe`."""

    cases: int
    safe: int
    turning: Turning | None = None

    @property
    def share(self) -> float:
        """Between 0 and 1; 1 where nothing is started at all."""
        return self.safe / self.cases if self.cases else 1.0


def coverage(scene: Scene) -> Coverage:
    """Of a whole rollout, started in its order. O(E log V)."""
    count = len(scene.changed)
    unsafe = first_unsafe(scene)
    safe = sum(unsafe[name] - step for step, name in enumerate(scene.changed, start=1))
    step = min(unsafe.values(), default=count + 1)
    turning = _turning(scene, unsafe, step) if step <= count else None
    return Coverage(count * (count + 1) // 2, safe, turning)


def first_unsafe(scene: Scene) -> dict[str, int]:
    """Service -> the number of starts with which its failure has no safe rollback; one more than
    there are services where it always has one.

    The cheapest way to something bad, a way being as dear as the latest start on it (E. W. Dijkstra,
    A Note on Two Problems in Connexion with Graphs, 1959, with max for sum).
    """
    line = {name: step for step, name in enumerate(scene.changed, start=1)}
    never = len(line) + 1
    takes = takes_of(scene.edges)
    taken_by: dict[str, list[str]] = {}
    for name, links in takes.items():
        for link in links:
            taken_by.setdefault(link.service_id, []).append(name)
    best = _bad(scene, takes, line)
    heap = [(step, name) for name, step in best.items()]
    heapify(heap)
    while heap:
        step, name = heappop(heap)
        if step > best[name]:
            continue
        for other in taken_by.get(name, ()):
            if other in line:
                cost = max(step, line[other])
                if cost < best.get(other, never):
                    best[other] = cost
                    heappush(heap, (cost, other))
    return {name: min(best.get(name, never), never) for name in line}


def _bad(scene: Scene, takes: Takes, line: dict[str, int]) -> dict[str, int]:
    """What no rollback may touch -> with which start that begins."""
    bad = dict[str, int]()
    for name, pins in scene.pins.items():
        if name in line and pins:
            bad[name] = max(line[name], min(pin.after for pin in pins))
    arcs: list[tuple[str, str, int]] = []
    for name, links in takes.items():
        for link in links:
            other = link.service_id
            if other not in line:
                bad[other] = 0
            elif name in line:
                arcs.append((name, other, max(line[name], line[other])))
    for name, step in circle_times(arcs, len(line)).items():
        bad[name] = min(step, bad.get(name, step))
    return bad


def _turning(scene: Scene, unsafe: dict[str, int], step: int) -> Turning:
    failing = next(name for name in scene.changed if unsafe[name] == step)
    refusal = solve(scene, [failing], started=step).refusals[0]
    return Turning(step, scene.changed[step - 1], failing, refusal)
