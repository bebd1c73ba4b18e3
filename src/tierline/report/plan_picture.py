"""Which services and edges of a plan a picture shows, and in which column; knows no format."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from tierline.facts.decision import Decision
from tierline.frozen import frozen
from tierline.plan.model import Batch, Plan, PlannedService


@frozen
class Picture:
    """`columns` are batches in order with those of their services that are drawn, in rank order.

    `edges` lead from owner to dependent, both drawn. `left_out` counts services that are not;
    `not_ready` those that the plan itself leaves out.
    """

    columns: tuple[tuple[Batch, tuple[PlannedService, ...]], ...]
    edges: tuple[tuple[str, str], ...]
    left_out: int
    edges_left_out: int
    not_ready: int = 0


@frozen
class Cap:
    """What a picture holds at most: more cannot be read, and some viewers give up."""

    services: int
    edges: int


def picture(plan: Plan, cap: Cap) -> Picture:
    """The services that matter most: those that are not GO, then the first in line."""
    first = sorted(plan.services, key=lambda s: (s.decision is Decision.GO, s.rank))
    drawn = {service.service_id: service for service in first[: cap.services]}
    columns = tuple(
        (batch, tuple(drawn[name] for name in batch.services if name in drawn))
        for batch in plan.batches
    )
    edges = tuple(_edges(plan, drawn.keys()))
    return Picture(
        columns=tuple((batch, services) for batch, services in columns if services),
        edges=edges[: cap.edges],
        left_out=len(plan.services) - len(drawn),
        edges_left_out=max(0, len(edges) - cap.edges),
        not_ready=len(plan.left_out),
    )


def _edges(plan: Plan, drawn: Collection[str]) -> Iterator[tuple[str, str]]:
    for service in plan.services:
        if service.service_id in drawn:
            yield from ((owner, service.service_id) for owner in service.owners if owner in drawn)


def note(shown: Picture) -> str:
    """What the picture leaves out, in words; "" where it shows everything."""
    parts = [
        f"{count} {what}"
        for count, what in ((shown.left_out, "services"), (shown.edges_left_out, "edges"))
        if count
    ]
    told = [f"not drawn: {' and '.join(parts)}; the table has them"] if parts else []
    told += [f"left out: {shown.not_ready} services"] if shown.not_ready else []
    return "; ".join(told)


def tier_label(service: PlannedService) -> str:
    """`tier 1`, or `tier 0 -> 1` where the declared one is overruled."""
    if service.tier == service.effective_tier:
        return f"tier {service.tier}"
    return f"tier {service.tier} -> {service.effective_tier}"
