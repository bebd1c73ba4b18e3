"""Whether a plan's statements agree with each other; knows nothing of how the plan was written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from tierline.facts.decision import Decision, worst
from tierline.mesh.graph import batch_id
from tierline.plan.model import Batch, Plan, PlannedService
from tierline.plan.order import batches_of


def contradictions(plan: Plan) -> list[str]:
    """Everything that cannot be true at once, in words; empty for each plan that `build` makes."""
    return [*_line(plan), *_edges(plan), *_summaries(plan)]


def _line(plan: Plan) -> Iterator[str]:
    counted = Counter(service.service_id for service in plan.services)
    yield from (f"services: {name} is planned {n} times" for name, n in counted.items() if n > 1)
    for place, service in enumerate(plan.services):
        if service.rank != place:
            yield f"services[{place}].rank: says {service.rank}, it stands at {place}"


def _edges(plan: Plan) -> Iterator[str]:
    planned = {service.service_id: service for service in plan.services}
    for service in plan.services:
        name = service.service_id
        for owner in service.owners:
            if owner not in planned:
                yield f"services.{name}.owners: {owner} is not planned"
            elif not _before(planned[owner], service):
                yield f"services.{name}.owners: {owner} does not come before it"
        yield from (
            f"services.{name}.outside: {owner} is planned"
            for owner in service.outside
            if owner in planned
        )
    outside = {owner for service in plan.services for owner in service.outside}
    for owner in sorted(outside ^ plan.outside.keys()):
        yield f"outside.{owner}: is named either here or by a service, not by both"


def _before(owner: PlannedService, service: PlannedService) -> bool:
    return (
        owner.rank < service.rank
        and owner.level < service.level
        and owner.effective_tier <= service.effective_tier
    )


def _summaries(plan: Plan) -> Iterator[str]:
    for service in plan.services:
        name, batch = service.service_id, batch_id(service.effective_tier, service.level)
        if service.batch != batch:
            yield f"services.{name}.batch: says {service.batch}, tier and level say {batch}"
        if service.effective_tier < service.tier:
            yield f"services.{name}.effective_tier: is lower than its tier"
    if _as_sets(plan.batches) != _as_sets(batches_of(plan.services)):
        yield "batches: are not those of the planned services"
    decided = worst([plan.decision, *(service.decision for service in plan.services)])
    if decided is not plan.decision:
        yield f"decision: says {plan.decision}, a service of it is {decided}"
    if plan.decision is Decision.GO and plan.blockers:
        yield f"decision: says GO beside {len(plan.blockers)} blockers"


def _as_sets(batches: tuple[Batch, ...]) -> list[tuple[str, int, int, list[str]]]:
    return [(b.id, b.effective_tier, b.level, sorted(b.services)) for b in batches]
