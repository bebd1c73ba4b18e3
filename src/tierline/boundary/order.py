"""Who must go first at each boundary, and whether an order exists that keeps all of them safe.

Each service changes by itself, so between two services four states can be met: both as they run,
both new, and one of them new. The order must not pass through one that is not safe. Who owns data
starts before who reads it, whatever contracts would like.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum

from tierline.boundary.model import Boundary, Matrix
from tierline.facts.revision import ABSENT
from tierline.frozen import frozen
from tierline.mesh.cycles import components


class First(StrEnum):
    """Which side may change first. `BROKEN`: not even both candidates work with each other."""

    EITHER = "either"
    PROVIDER = "provider"
    CONSUMER = "consumer"
    NEITHER = "neither"
    BROKEN = "broken"


class Why(StrEnum):
    """Why a release is refused at its boundaries."""

    BROKEN = "broken"
    OWNER_FIRST = "owner-first"
    NO_ORDER = "no-order"
    CIRCLE = "circle"


@frozen
class Met:
    """The revisions of both sides of a boundary, before and after a release."""

    consumer_old: str
    consumer_new: str
    provider_old: str
    provider_new: str


@frozen
class Refusal:
    """A boundary that no order keeps safe; `chain` are services, each after the one before it.

    `met` are revisions of consumer and provider that would run beside each other and must not.
    """

    why: Why
    boundary: Boundary
    met: tuple[str, str]
    chain: tuple[str, ...]


@frozen
class Order:
    """`after` maps a service to those that must be verified before it, for the sake of contracts.

    It is without the order that owners ask for anyway, and without circles.
    """

    after: Mapping[str, tuple[str, ...]]
    refused: tuple[Refusal, ...]


def met(matrix: Matrix, boundary: Boundary) -> Met:
    """What a boundary's sides run now, and what they would run; the same where one stays."""
    old = [matrix.running.get(n, ABSENT) for n in (boundary.consumer, boundary.provider)]
    new = [
        matrix.candidate.get(name, was)
        for name, was in zip((boundary.consumer, boundary.provider), old, strict=True)
    ]
    return Met(old[0], new[0], old[1], new[1])


def first(matrix: Matrix, boundary: Boundary) -> First:
    """Which side of a boundary may change first."""
    at = met(matrix, boundary)
    if not matrix.safe(boundary, at.consumer_new, at.provider_new):
        return First.BROKEN
    if at.consumer_old == at.consumer_new or at.provider_old == at.provider_new:
        return First.EITHER
    consumer = matrix.safe(boundary, at.consumer_new, at.provider_old)
    provider = matrix.safe(boundary, at.consumer_old, at.provider_new)
    if consumer and provider:
        return First.EITHER
    if consumer or provider:
        return First.CONSUMER if consumer else First.PROVIDER
    return First.NEITHER


def order_of(
    matrix: Matrix,
    owners: Mapping[str, tuple[str, ...]],
    together: Iterable[frozenset[str]] = (),
) -> Order:
    """The order that a release's boundaries ask for, O(boundaries) where there is no circle.

    `owners` maps service -> owners of what it reads. `together` are services that people have
    declared to move as one: between two of them no in-between state is asked about.
    """
    groups = tuple(together)
    refused: list[Refusal] = []
    wanted: dict[str, dict[str, Boundary]] = {}
    for boundary in concerned(matrix):
        at = met(matrix, boundary)
        side = first(matrix, boundary)
        declared = any({boundary.consumer, boundary.provider} <= group for group in groups)
        if side is First.BROKEN:
            refused.append(_refusal(Why.BROKEN, boundary, at.consumer_new, at.provider_new))
        elif declared or side is First.EITHER:
            continue
        elif side is First.NEITHER:
            refused.append(_refusal(Why.NO_ORDER, boundary, at.consumer_old, at.provider_new))
        elif side is First.PROVIDER:
            if not boundary.binds:
                wanted.setdefault(boundary.consumer, {})[boundary.provider] = boundary
        elif boundary.binds:
            refused.append(_refusal(Why.OWNER_FIRST, boundary, at.consumer_old, at.provider_new))
        else:
            wanted.setdefault(boundary.provider, {})[boundary.consumer] = boundary
    inside = matrix.candidate.keys()
    kept, circles = _without_circles(wanted, owners, inside)
    told = {name: tuple(sorted(others)) for name, others in sorted(kept.items()) if others}
    return Order(told, (*refused, *(_circle(matrix, b, chain) for b, chain in circles)))


def concerned(matrix: Matrix) -> Iterator[Boundary]:
    """Boundaries of which a side moves."""
    for boundary in matrix.pairs:
        if matrix.moves(boundary.consumer) or matrix.moves(boundary.provider):
            yield boundary


def _refusal(why: Why, boundary: Boundary, consumer: str, provider: str) -> Refusal:
    chain = (boundary.provider, boundary.consumer)
    return Refusal(why, boundary, (consumer, provider), chain)


def _circle(matrix: Matrix, boundary: Boundary, chain: tuple[str, ...]) -> Refusal:
    """`chain` begins with who should have waited, and ends with whom it should have waited for."""
    at = met(matrix, boundary)
    unsafe = (at.consumer_old, at.provider_new)
    if chain[0] == boundary.consumer:
        unsafe = (at.consumer_new, at.provider_old)
    return Refusal(Why.CIRCLE, boundary, unsafe, chain)


_Edges = dict[str, dict[str, Boundary]]


def _without_circles(
    wanted: _Edges, owners: Mapping[str, tuple[str, ...]], inside: Iterable[str]
) -> tuple[_Edges, list[tuple[Boundary, tuple[str, ...]]]]:
    """The wishes that close no circle with the order of owners, and those that would, each with it.

    Within a circle one wish after the other is added. Owners alone may be in a circle, too: that is
    refused elsewhere, and not told again here.
    """
    if not wanted:
        return {}, []
    members = frozenset(inside)
    followers: dict[str, list[str]] = {name: [] for name in members}
    for name in members:
        for owner in owners.get(name, ()):
            if owner in members:
                followers[owner].append(name)
    part_of = _parts(followers, wanted)
    kept: _Edges = {}
    circles: list[tuple[Boundary, tuple[str, ...]]] = []
    for name in sorted(wanted):
        for before in sorted(wanted[name]):
            inner = part_of[name] == part_of[before]
            path = _path(followers, name, before) if inner else ()
            if path:
                circles.append((wanted[name][before], path))
                continue
            followers[before].append(name)
            kept.setdefault(name, {})[before] = wanted[name][before]
    return kept, circles


def _parts(followers: Mapping[str, list[str]], wanted: _Edges) -> dict[str, int]:
    """Service -> number of its strongly connected component, all wishes counted."""
    edges = {name: list(others) for name, others in followers.items()}
    for name, others in wanted.items():
        for before in others:
            edges[before].append(name)
    return {name: number for number, part in enumerate(components(edges)) for name in part}


def _path(followers: Mapping[str, list[str]], start: str, end: str) -> tuple[str, ...]:
    """The shortest way from a service along those that wait for it; () where there is none."""
    came: dict[str, str] = {start: ""}
    line = [start]
    for name in line:
        if name == end:
            break
        for follower in followers.get(name, ()):
            if follower not in came:
                came[follower] = name
                line.append(follower)
    if end not in came:
        return ()
    way = [end]
    while came[way[-1]]:
        way.append(came[way[-1]])
    return tuple(reversed(way))
