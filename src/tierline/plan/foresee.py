"""What a plan knows of going back: boundaries in the states between, data, and how much is covered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field

from tierline.boundary.model import Fit, Matrix
from tierline.facts.revision import ABSENT
from tierline.frozen import frozen
from tierline.plan.model import Plan
from tierline.rollback.coverage import coverage
from tierline.rollback.data import DataFacts
from tierline.rollback.foresight import Before, Foresight, scene_of, with_pins
from tierline.rollback.model import Edge, Pin

_BARE = "nobody compared what they promise each other"


@frozen
class Known:
    """What was gathered of the past: `before` has every planned service.

    `matrix` is what is known of boundaries, None where nobody compared any; `ties`: what is unknown
    for want of a contract file counts as broken. `pins` are what keeps a service from the start on.
    """

    before: Mapping[str, Before]
    ties: bool
    data: DataFacts
    matrix: Matrix | None = None
    pins: Mapping[str, tuple[Pin, ...]] = field(default_factory=dict[str, tuple[Pin, ...]])


def foresee(plan: Plan, known: Known) -> Foresight:
    """What going back would meet, in the order in which the plan starts its services."""
    changed = tuple(
        one.service_id
        for one in plan.services
        if known.before[one.service_id].revision != one.revision.id
    )
    inside = frozenset(changed)
    before = {name: known.before[name] for name in changed}
    edges, free = list[Edge](), set[str]()
    for found, bare in _edges(plan, known, inside):
        edge, was = _freed(found) if bare and not known.ties else (found, False)
        if was:
            free.add(f"{edge.consumer} -> {edge.provider}")
        if edge.provider_back is not Fit.YES or edge.consumer_back is not Fit.YES:
            edges.append(edge)
    pins = {name: why for name, why in known.pins.items() if name in inside}
    scene = with_pins(scene_of(changed, tuple(edges), known.data), pins)
    data = {name: use for name, use in known.data.new.items() if name in inside}
    return Foresight(before, tuple(edges), tuple(sorted(free)), pins, data, coverage(scene))


def _edges(plan: Plan, known: Known, inside: frozenset[str]) -> Iterator[tuple[Edge, bool]]:
    """Every boundary between two services that change, and whether it lacks a contract file."""
    revisions = {one.service_id: one.revision.id for one in plan.services}
    before = {name: one.revision for name, one in known.before.items()}
    if known.matrix is None:
        for one in plan.services:
            for owner in one.owners:
                if {one.service_id, owner} <= inside:
                    yield _bare(one.service_id, owner, before), True
        return
    for boundary in known.matrix.pairs:
        consumer, provider = boundary.consumer, boundary.provider
        if not {consumer, provider} <= inside:
            continue
        back = known.matrix.judgement(boundary, revisions[consumer], before[provider])
        left = known.matrix.judgement(boundary, before[consumer], revisions[provider])
        edge = Edge(
            consumer, provider, boundary.contract, back.fit, left.fit, back.message, left.message
        )
        yield edge, not boundary.contract


def _bare(consumer: str, provider: str, before: Mapping[str, str]) -> Edge:
    back, left = Fit.UNKNOWN, Fit.UNKNOWN
    why = _BARE
    if before[provider] == ABSENT:
        back, why = Fit.NO, f"{consumer} reads data of {provider}, which did not run before"
    if before[consumer] == ABSENT:
        left = Fit.YES
    return Edge(consumer, provider, "", back, left, why, _BARE if left is Fit.UNKNOWN else "")


def _freed(edge: Edge) -> tuple[Edge, bool]:
    """The same where what nobody knows is free, and whether that made a difference."""
    back = Fit.YES if edge.provider_back is Fit.UNKNOWN else edge.provider_back
    left = Fit.YES if edge.consumer_back is Fit.UNKNOWN else edge.consumer_back
    was = (back, left) != (edge.provider_back, edge.consumer_back)
    return Edge(
        edge.consumer,
        edge.provider,
        edge.contract,
        back,
        left,
        edge.why_provider if back is Fit.NO else "",
        edge.why_consumer if left is Fit.NO else "",
    ), was
