"""Builds the context of a release from a mesh and its files; reads nothing itself and decides nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from tierline.context.codes import BY_CODE
from tierline.context.documents import read_documents_of
from tierline.context.facts import Facts, Request
from tierline.context.inputs import Inputs
from tierline.context.local import Concerns, mesh_commands
from tierline.context.model import BatchOfServices, Promise, Release, Sheet, TierStep
from tierline.context.procedure import contracts_of, steps_of
from tierline.context.sheet import sheet_of
from tierline.mesh.defect import Defect
from tierline.mesh.selection import batches_of
from tierline.mesh.tree import Tree
from tierline.policy.model import Policy
from tierline.readiness.code import severity
from tierline.readiness.codes import unlisted
from tierline.readiness.model import Finding


def build_context(request: Request, tree: Tree) -> Release:
    """The context of the services that are chosen; `tree` holds what `wanted_by_context` names."""
    mesh = request.mesh
    inputs = Inputs(tree, mesh.defects)
    facts = read_documents_of(request, inputs)
    concerns = Concerns(mesh.services)
    contracts = contracts_of(facts)
    steps = steps_of(facts, contracts)
    sheets = {name: sheet_of(mesh.services[name], facts, concerns) for name in _ordered(request)}
    inputs.keep_contracts(_used(sheets.values()) | {one.path for one in _loose(facts)})
    listed, findings = inputs.by_service(), _findings(request, inputs)
    accounted = {
        name: replace(sheet, inputs=listed.get(name, ()), findings=tuple(findings.get(name, ())))
        for name, sheet in sheets.items()
    }
    return Release(
        mesh=mesh.name,
        label=tree.label,
        selection=request.selection,
        environment=request.policy.environment,
        digest=inputs.digest(),
        tiers=_tiers(request),
        unordered=tuple(name for name in request.chosen if name not in mesh.graph.levels),
        sheets=accounted,
        lifecycle=facts.lifecycle,
        local_dev=facts.local_dev,
        mesh_commands=mesh_commands(facts, concerns),
        contracts=contracts,
        loose=_loose(facts),
        steps=steps,
        notes=facts.scripts.notes if facts.scripts else (),
        prerequisites=facts.scripts.prerequisites if facts.scripts else (),
        inputs=listed.get(None, ()),
        findings=tuple(findings.get(None, ())),
    )


def _used(sheets: Iterable[Sheet]) -> set[str]:
    """Paths of the contracts that concern a service of the release."""
    return {one.path for sheet in sheets for one in (*sheet.provides, *sheet.consumes)}


def _ordered(request: Request) -> tuple[str, ...]:
    """The chosen services in the order of the release, those without a place last."""
    graph = request.mesh.graph
    order = (name for name in graph.order if name in request.members)
    return (*order, *(name for name in request.chosen if name not in graph.levels))


def _tiers(request: Request) -> tuple[TierStep, ...]:
    chosen, graph = request.members, request.mesh.graph
    found: dict[int, list[BatchOfServices]] = {}
    for batch, names in batches_of(graph).items():
        members = tuple(name for name in names if name in chosen)
        if members:
            tier, level = graph.effective_tiers[members[0]], graph.levels[members[0]]
            found.setdefault(tier, []).append(BatchOfServices(batch, tier, level, members))
    domains = request.mesh.profile.domains
    return tuple(
        TierStep(tier, tuple(name for name, own in domains.items() if own == tier), tuple(batches))
        for tier, batches in sorted(found.items())
    )


def _loose(facts: Facts) -> tuple[Promise, ...]:
    return tuple(
        Promise(one.kind, one.name, one.version, (), one.path, "", one.place)
        for one in facts.contracts.get("", ())
    )


def _findings(request: Request, inputs: Inputs) -> dict[str | None, list[Finding]]:
    """What was found of the release and of each chosen service, each once, by place.

    Of what reading the mesh has said, only that of the inputs which are listed.
    """
    listed = {one.path for one in inputs.found.values()}
    told = (one for one in request.mesh.defects if one.place.path in listed)
    every: Iterable[Defect] = dict.fromkeys((*told, *inputs.defects))
    found: dict[str | None, list[Finding]] = {}
    for one in sorted(every, key=lambda one: (one.place, one.code, one.message)):
        if one.service_id is None or one.service_id in request.members:
            found.setdefault(one.service_id, []).append(_finding(one, request.policy))
    return found


def _finding(defect: Defect, policy: Policy) -> Finding:
    code = BY_CODE.get(defect.code) or unlisted(defect.code)
    return Finding(
        code=defect.code,
        gate=code.gate,
        status=severity(code, policy),
        service_id=defect.service_id,
        place=defect.place,
        message=defect.message,
        fix=defect.fix or code.fix,
    )
