"""The smallest set of services that can be released together with those that are asked for.

Where a service and a neighbour that stays as it runs do not fit, the neighbour must come along: no
set that holds the first can do without it. So the set that is closed under this rule is in every
set that works, and if it does not work itself, none does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from tierline.boundary.model import Boundary, Matrix
from tierline.boundary.order import Order, order_of
from tierline.facts.revision import ABSENT
from tierline.frozen import frozen


@frozen
class Forced:
    """Why a service is in the set: `by` is in it, and they do not fit while this one stays.

    `met` are the revisions of consumer and provider that do not fit.
    """

    service_id: str
    by: str
    boundary: Boundary
    met: tuple[str, str]


@frozen
class Closed:
    """`asked` and everything that must come along, in the order in which it was found out."""

    asked: tuple[str, ...]
    forced: Mapping[str, Forced]

    @property
    def services(self) -> tuple[str, ...]:
        """All of the set, those asked for first."""
        return (*self.asked, *self.forced)

    def chain(self, service_id: str) -> tuple[Forced, ...]:
        """From a service that was asked for to this one, a step each; () for one asked for."""
        steps: list[Forced] = []
        while service_id in self.forced:
            steps.append(self.forced[service_id])
            service_id = steps[-1].by
        return tuple(reversed(steps))


def closure(matrix: Matrix, asked: Iterable[str]) -> Closed:
    """The least set with `asked` in which no service that moves needs one that stays out.

    `matrix.candidate` has every service that could move. Breadth first, so that chains are the
    shortest; O(services + boundaries).
    """
    seeds = tuple(dict.fromkeys(asked))
    touching: dict[str, list[Boundary]] = {}
    for boundary in matrix.pairs:
        touching.setdefault(boundary.consumer, []).append(boundary)
        touching.setdefault(boundary.provider, []).append(boundary)
    inside, forced = set(seeds), dict[str, Forced]()
    line = list(seeds)
    for name in line:
        for boundary in touching.get(name, ()) if matrix.moves(name) else ():
            other = boundary.provider if name == boundary.consumer else boundary.consumer
            if other in inside:
                continue
            pair = _pair(matrix, boundary, name)
            if not matrix.safe(boundary, *pair):
                inside.add(other)
                forced[other] = Forced(other, name, boundary, pair)
                line.append(other)
    return Closed(seeds, forced)


def _pair(matrix: Matrix, boundary: Boundary, moving: str) -> tuple[str, str]:
    """The revisions that meet when only this side of a boundary has moved."""
    revisions = [
        matrix.candidate.get(name, running) if name == moving else running
        for name in (boundary.consumer, boundary.provider)
        for running in (matrix.running.get(name, ABSENT),)
    ]
    return revisions[0], revisions[1]


def narrowed(matrix: Matrix, services: Iterable[str]) -> Matrix:
    """The same matrix for a release of these services only."""
    inside = frozenset(services)
    candidate = {name: one for name, one in matrix.candidate.items() if name in inside}
    return replace(matrix, candidate=candidate)


def order_within(
    matrix: Matrix,
    services: Iterable[str],
    owners: Mapping[str, tuple[str, ...]],
    together: Iterable[frozenset[str]] = (),
) -> Order:
    """The order of a release of these services, or why there is none."""
    return order_of(narrowed(matrix, services), owners, together)
