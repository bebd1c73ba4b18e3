"""The least safe set: closure, refusal with the shortest chain, order inside it.

Every safe set that holds what failed holds the closure, and the closure is safe if nothing in it is
pinned. So the closure is the least safe set, and there is none if it meets a pin. O(V + E).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Mapping
from heapq import heapify, heappop, heappush

from tierline.rollback.codes import COMPATIBILITY_UNKNOWN, LOCKSTEP, OUTSIDE
from tierline.rollback.model import Answer, Link, Pin, Refusal, Scene
from tierline.rollback.takes import Takes, components, takes_of


def solve(
    scene: Scene,
    failed: Collection[str],
    *,
    started: int | None = None,
    downtime: bool = False,
) -> Answer:
    """What has to go back when `failed` do, after the first `started` services (None: all).

    Of `failed` only what was started counts. `downtime`: somebody allowed lockstep groups to be
    stopped and started together.
    """
    solved = _solved(scene, failed, started, downtime=downtime, unknown_ties=True)
    if not solved.refusals or not any(_unknown(one) for one in solved.refusals):
        return solved
    known = _solved(scene, failed, started, downtime=downtime, unknown_ties=False)
    if known.refusals:
        return solved
    told = tuple(_because_unknown(one) for one in solved.refusals)
    return Answer(solved.failed, solved.back, solved.steps, told)


def _solved(
    scene: Scene,
    failed: Collection[str],
    started: int | None,
    *,
    downtime: bool,
    unknown_ties: bool,
) -> Answer:
    count = len(scene.changed) if started is None else started
    line = {name: place for place, name in enumerate(scene.changed[:count])}
    behind = frozenset(scene.changed[count:])
    takes = takes_of(scene.edges, unknown_ties=unknown_ties)
    first = sorted((name for name in failed if name in line), key=line.__getitem__)
    found = _closure(first, takes, behind)
    refusals = list(_pinned(scene.pins, found, line, count))
    follow = _inside(found, takes)
    groups = components(found, follow)
    if not downtime:
        refusals += _lockstep(groups, found)
    if refusals:
        return Answer(tuple(first), tuple(found.values()), (), tuple(refusals))
    return Answer(tuple(first), tuple(found.values()), _order(groups, follow, line))


def _closure(first: list[str], takes: Takes, behind: frozenset[str]) -> dict[str, Link]:
    """Everything that goes back, with the link that leads to it; nearest first (breadth first)."""
    found = {name: Link(name, "", "") for name in first}
    queue = deque(first)
    while queue:
        for link in takes.get(queue.popleft(), ()):
            if link.service_id not in found and link.service_id not in behind:
                found[link.service_id] = link
                queue.append(link.service_id)
    return found


def chain(found: Mapping[str, Link], service_id: str) -> tuple[Link, ...]:
    """How a rollback comes to a service, what failed first: the shortest way."""
    links = [found[service_id]]
    while links[-1].by:
        links.append(found[links[-1].by])
    return tuple(reversed(links))


def _pinned(
    pins: Mapping[str, tuple[Pin, ...]],
    found: Mapping[str, Link],
    line: Collection[str],
    count: int,
) -> list[Refusal]:
    refused: list[Refusal] = []
    for name in found:
        if name not in line:
            why = f"{name} is not part of this rollout"
            refused.append(Refusal(OUTSIDE, name, why, chain(found, name)))
            continue
        held = [pin for pin in pins.get(name, ()) if pin.after <= count]
        refused += [Refusal(pin.code, name, pin.why, chain(found, name)) for pin in held]
    return refused


def _inside(found: Mapping[str, Link], takes: Takes) -> dict[str, list[str]]:
    """Who must have gone back before whom: what a service takes along goes first."""
    return {
        name: [link.service_id for link in takes.get(name, ()) if link.service_id in found]
        for name in found
    }


def _lockstep(groups: list[tuple[str, ...]], found: Mapping[str, Link]) -> list[Refusal]:
    refused: list[Refusal] = []
    nearest = {name: place for place, name in enumerate(found)}
    for group in groups:
        if len(group) > 1:
            names = sorted(group, key=nearest.__getitem__)
            why = f"{', '.join(names)} only work together, so they would have to stop together"
            refused.append(Refusal(LOCKSTEP, names[0], why, chain(found, names[0])))
    return refused


def _order(
    groups: list[tuple[str, ...]], follow: Mapping[str, list[str]], line: Mapping[str, int]
) -> tuple[tuple[str, ...], ...]:
    """Groups after those that they take along; where that leaves a choice, the latest start first."""
    place = {name: number for number, group in enumerate(groups) for name in group}
    waits = [0] * len(groups)
    frees: list[list[int]] = [[] for _ in groups]
    for name, before in follow.items():
        for number in {place[other] for other in before} - {place[name]}:
            frees[number].append(place[name])
            waits[place[name]] += 1
    members = [tuple(sorted(group, key=lambda name: -line[name])) for group in groups]
    ready = [(-line[one[0]], number) for number, one in enumerate(members) if not waits[number]]
    heapify(ready)
    steps: list[tuple[str, ...]] = []
    while ready:
        number = heappop(ready)[1]
        steps.append(members[number])
        for freed in frees[number]:
            waits[freed] -= 1
            if not waits[freed]:
                heappush(ready, (-line[members[freed][0]], freed))
    return tuple(steps)


def _unknown(refusal: Refusal) -> bool:
    return refusal.code == LOCKSTEP or any(link.unknown for link in refusal.chain)


def _because_unknown(refusal: Refusal) -> Refusal:
    """Were the unknown boundaries known to hold, it would be possible."""
    return Refusal(COMPATIBILITY_UNKNOWN, refusal.service_id, refusal.why, refusal.chain)
