"""Whether a plan's statements agree with each other; knows nothing of how the plan was written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from tierline.facts.decision import Decision, worst
from tierline.mesh.graph import batch_id
from tierline.plan.codes import WITHOUT
from tierline.plan.model import Batch, Plan, PlannedService
from tierline.plan.order import batches_of


def contradictions(plan: Plan) -> list[str]:
    """Everything that cannot be true at once, in words; empty for each plan that `build` makes."""
    return [*_line(plan), *_edges(plan), *_summaries(plan), *_left_out(plan)]


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
        for other in service.after:
            if other not in planned:
                yield f"services.{name}.after: {other} is not planned"
            elif not _before(planned[other], service):
                yield f"services.{name}.after: {other} does not come before it"
        yield from (
            f"services.{name}.outside: {owner} is planned"
            for owner in service.outside
            if owner in planned
        )
    known = planned.keys() | {one.service_id for one in plan.left_out}
    yield from (f"together: {name} is not planned" for name in plan.together if name not in known)
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


def _left_out(plan: Plan) -> Iterator[str]:
    planned = {service.service_id for service in plan.services}
    counted = Counter(one.service_id for one in plan.left_out)
    yield from (f"left_out: {name} is left out {n} times" for name, n in counted.items() if n > 1)
    for one in plan.left_out:
        name = one.service_id
        if name in planned:
            yield f"left_out.{name}: is planned too"
        if one.decision is Decision.GO:
            yield f"left_out.{name}: is GO"
        if one.chain[:1] != (name,) or not counted.keys() >= set(one.chain[:-1]):
            yield f"left_out.{name}.chain: does not lead from it to what is left out"
    asked = {one.service_id for one in plan.left_out if one.code == WITHOUT.code}
    for one in plan.left_out:
        if not plan.ready_only and asked.isdisjoint(one.chain):
            yield f"left_out.{one.service_id}: nobody asked for it, and ready_only is false"
    if (plan.ready_only or plan.left_out) and not plan.services and plan.decision is Decision.GO:
        yield "decision: says GO, and nothing is planned"


def _as_sets(batches: tuple[Batch, ...]) -> list[tuple[str, int, int, list[str]]]:
    return [(b.id, b.effective_tier, b.level, sorted(b.services)) for b in batches]
