"""Freeze a selection into a plan: order, batches, verdicts, bounds; knows nothing of how it runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from tierline.errors import UsageError
from tierline.facts.decision import Decision, worst
from tierline.facts.evidence import SignalKind
from tierline.facts.reference import told
from tierline.facts.revision import Revision
from tierline.frozen import frozen
from tierline.mesh.graph import batch_id
from tierline.mesh.model import Mesh, Service
from tierline.plan.blockers import blockers, verdict
from tierline.plan.codes import NOTHING_READY, WITHOUT
from tierline.plan.digest import sealed
from tierline.plan.model import (
    Blocker,
    Checkpoint,
    LeftOut,
    Overruled,
    Plan,
    PlannedService,
    Rules,
)
from tierline.plan.order import batches_of, group_by, jobs_of
from tierline.plan.places import Places, places
from tierline.plan.price import free_seconds, least_seconds
from tierline.plan.ready import Line, divided
from tierline.plan.schedule import Job, at_least, in_line
from tierline.policy.digest import policy_digest
from tierline.policy.model import Policy
from tierline.readiness.model import Readiness

_NOTHING = Revision(())
DEFAULT_SECONDS = 1.0
"""A service's start and verification, where nothing was measured yet."""


@frozen
class PlanRequest:
    """What a plan is made of.

    `chosen` are service ids of the mesh that `selection` (as typed) stands for. `revisions` is what
    each of them would ship; `outside` the revision seen running of owners that are not chosen, ""
    or nothing where none was seen. `expected_seconds` maps service -> start to verified.
    """

    mesh: Mesh
    selection: str
    chosen: tuple[str, ...]
    readiness: Readiness
    revisions: Mapping[str, Revision]
    policy: Policy
    outside: Mapping[str, str] = field(default_factory=dict[str, str])
    expected_seconds: Mapping[str, float] = field(default_factory=dict[str, float])
    checkpoint: Checkpoint = Checkpoint.NONE
    ready_only: bool = False
    without: frozenset[str] = frozenset()
    """services that are left out on request, with what depends on them"""
    after: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    """service -> those that contracts want verified before it; without circles"""
    together: tuple[str, ...] = ()
    """services that people declared to move as one"""
    brings: Mapping[str, tuple[SignalKind, ...]] = field(
        default_factory=dict[str, tuple[SignalKind, ...]]
    )
    """service -> telemetry that its revision is expected to bring"""


def build(request: PlanRequest) -> Plan:
    """The plan of a selection, also of one that is not ready: decision and blockers say so.

    Services on or behind a cycle have no place in an order: they are blockers, not planned. Raises
    UsageError for an empty selection or an id that the mesh does not have. O(n log n + edges).
    """
    chosen, left = _chosen(request), ()
    if request.ready_only or request.without:
        chosen, left = divided(request.mesh, chosen, _line(request))
    planned = tuple(name for name in chosen if name in request.mesh.graph.levels)
    found = blockers(request.mesh, chosen, request.readiness, request.revisions)
    found += _nothing_ready(chosen, left)
    services = _services(request, planned)
    outside = sorted({owner for service in services for owner in service.outside})
    policy, slots = request.policy, request.policy.limits.max_parallel
    jobs = jobs_of(services)
    free = free_seconds(jobs, slots)
    return sealed(
        Plan(
            digest="",
            environment=request.policy.environment,
            target=request.policy.target,
            mesh=request.mesh.name,
            selection=request.selection,
            decision=_decision(request, chosen, services, left),
            services=services,
            batches=batches_of(services),
            overruled=_overruled(request, planned),
            blockers=found,
            outside={owner: request.outside.get(owner, "") for owner in outside},
            rules=rules(request.policy),
            policy_digest=policy_digest(request.policy),
            bound_seconds=least_seconds(jobs, slots, policy.tiers, request.checkpoint, free),
            bound_untiered_seconds=free,
            checkpoint=request.checkpoint,
            ready_only=request.ready_only,
            left_out=left,
            compared=told(request.readiness.reference) if request.readiness.reference else "",
            together=request.together,
        )
    )


def rules(policy: Policy) -> Rules:
    """The part of a policy that a rollout and its verification go by."""
    return Rules(
        tiers=policy.tiers,
        on_failure=policy.on_failure,
        on_tier_failure=policy.on_tier_failure,
        limits=policy.limits,
        signals={str(kind): policy.demand(kind) for kind in SignalKind},
        status_only=policy.access.status_only,
        on_boundary=policy.on_boundary,
    )


def _chosen(request: PlanRequest) -> tuple[str, ...]:
    asked = f'selection "{request.selection}"' if request.selection else "the whole mesh"
    if not request.chosen:
        raise UsageError(
            f"nothing to plan: {asked} of {request.mesh.name} holds no service",
            code="plan/empty",
            fix="choose at least one service; `tierline context` shows what there is",
        )
    unknown = [name for name in request.chosen if name not in request.mesh.services]
    if unknown:
        raise UsageError(
            f"not a service of {request.mesh.name}: {', '.join(unknown)}",
            code="plan/unknown-service",
            fix="take ids from services/services-index.yaml",
        )
    return tuple(dict.fromkeys(request.chosen))


def _services(request: PlanRequest, planned: tuple[str, ...]) -> tuple[PlannedService, ...]:
    at, before = _places(request, planned), _before(request, planned)
    jobs = [
        Job(
            name,
            at_least(request.expected_seconds.get(name), DEFAULT_SECONDS),
            at.tiers[name],
            at.levels[name],
            before[name],
        )
        for name in planned
    ]
    group = group_by(request.policy.tiers, request.checkpoint)
    line = {name: rank for rank, name in enumerate(in_line(jobs, group))}
    jobs.sort(key=lambda job: line[job.service_id])
    inside = frozenset(planned)
    return tuple(_planned(request, job, rank, inside) for rank, job in enumerate(jobs))


def _before(request: PlanRequest, planned: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Who must be verified before each service: its owners, then those that contracts want."""
    inside, owners = frozenset(planned), request.mesh.graph.owners
    wanted = {name: (*owners.get(name, ()), *request.after.get(name, ())) for name in planned}
    return {
        name: tuple(dict.fromkeys(other for other in others if other in inside))
        for name, others in wanted.items()
    }


def _places(request: PlanRequest, planned: tuple[str, ...]) -> Places:
    graph = request.mesh.graph
    tiers = {name: graph.effective_tiers[name] for name in planned}
    levels = {name: graph.levels[name] for name in planned}
    if not request.after and not request.together:
        return Places(tiers, levels, {})
    return places(tiers, levels, _before(request, planned), request.together)


def _planned(request: PlanRequest, job: Job, rank: int, inside: frozenset[str]) -> PlannedService:
    name = job.service_id
    service = request.mesh.services[name]
    owners = request.mesh.graph.owners.get(name, ())
    revision = request.revisions.get(name, _NOTHING)
    return PlannedService(
        service_id=name,
        tier=service.tier,
        effective_tier=job.tier,
        level=job.level,
        batch=batch_id(job.tier, job.level),
        owners=tuple(owner for owner in owners if owner in inside),
        outside=tuple(owner for owner in owners if owner not in inside),
        externals=tuple(e for e in service.externals if e not in request.readiness.vouched),
        revision=_in_order(revision),
        workloads=tuple(workload.name for workload in service.workloads),
        serves_http=service.serves_http,
        decision=verdict(name, request.readiness, request.revisions)[0],
        expected_seconds=job.seconds,
        rank=rank,
        argv=_argv(request.mesh, service),
        after=tuple(other for other in job.owners if other not in owners),
        brings=request.brings.get(name, ()),
    )


def _in_order(revision: Revision) -> Revision:
    """With its parts as a plan writes them down."""
    source = tuple(sorted(revision.source))
    configuration = tuple(sorted(revision.configuration))
    if source == revision.source and configuration == revision.configuration:
        return revision
    return Revision(source, configuration)


def _argv(mesh: Mesh, service: Service) -> dict[str, tuple[str, ...]]:
    own = {workload.name: workload.argv for workload in service.workloads if workload.argv}
    return dict(sorted({**own, **mesh.settings.run.get(service.service_id, {})}.items()))


def _line(request: PlanRequest) -> Line:
    return Line(
        request.readiness,
        request.revisions,
        request.ready_only,
        request.without,
        request.after,
        request.together,
    )


def _overruled(request: PlanRequest, planned: tuple[str, ...]) -> tuple[Overruled, ...]:
    inside, mesh = frozenset(planned), request.mesh
    at = _places(request, planned)
    found = {
        i.service_id: Overruled(i.service_id, i.tier, i.effective_tier, i.because)
        for i in mesh.graph.inversions
        if i.service_id in inside
    }
    for name, because in at.because.items():
        tier = mesh.services[name].tier
        found[name] = Overruled(name, tier, at.tiers[name], because)
    return tuple(
        found[name] for name in sorted(found) if found[name].tier < found[name].effective_tier
    )


def _nothing_ready(chosen: tuple[str, ...], left: tuple[LeftOut, ...]) -> tuple[Blocker, ...]:
    if chosen:
        return ()
    noun = "the only service is" if len(left) == 1 else f"all {len(left)} services are"
    because = "" if any(one.code == WITHOUT.code for one in left) else ", being not ready"
    message = f"nothing is left to release: {noun} left out{because}"
    return (Blocker(NOTHING_READY.code, None, message),)


def _decision(
    request: PlanRequest,
    chosen: tuple[str, ...],
    services: tuple[PlannedService, ...],
    left: tuple[LeftOut, ...],
) -> Decision:
    """What is left out decides only where it leaves nothing."""
    readiness = request.readiness
    unplaced = [Decision.NO_GO] if len(services) < len(chosen) else []
    whole = [readiness.decision]
    if request.ready_only or left:
        whole = [reason.decision for reason in readiness.release_reasons]
        whole += [] if chosen else [one.decision for one in left]
    return worst([*whole, *(s.decision for s in services), *unplaced])
