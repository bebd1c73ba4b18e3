"""Judges paths that probes ask by the OpenAPI documents of their services."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from tierline.contracts.change import Kind
from tierline.contracts.files import kind_of
from tierline.mesh.contract_owners import ContractOwners
from tierline.mesh.defect import Defect
from tierline.mesh.model import Mesh
from tierline.mesh.tree import Tree
from tierline.policy.model import Policy
from tierline.readiness.compose.composition import AskedPath, Composition
from tierline.readiness.facts import GateFacts, facts_of_services
from tierline.readiness.manifests.asked import asked_of

if TYPE_CHECKING:
    from tierline.contracts.openapi.served import Route

Asked = Mapping[str, tuple[AskedPath, ...]]
"""service -> what its probes ask and its own files do not show; services without are left out"""
_NAMED = 4
"""paths that a finding names"""


def asked_in(composed: Mapping[str, Composition]) -> Asked:
    """What was asked, of what was gathered of services."""
    return {name: one.asked for name, one in composed.items() if one.asked}


def documents_of(mesh: Mesh, asked: Iterable[str], tree: Tree) -> dict[str, tuple[str, ...]]:
    """Service -> paths of its OpenAPI documents, of those services whose probes have to be judged."""
    wanted = frozenset(asked)
    found: dict[str, list[str]] = {name: [] for name in wanted}
    if not wanted:
        return {}
    owners = ContractOwners(mesh.services)
    for path in tree.entries:
        if kind_of(path) is Kind.OPENAPI:
            for name in wanted.intersection(owners.of(path)):
                found[name].append(path)
    return {name: tuple(sorted(paths)) for name, paths in found.items()}


def judge_promised(mesh: Mesh, facts: GateFacts, policy: Policy) -> Iterator[Defect]:
    """A finding for each path that is not known to be served."""
    asked = _asked(mesh, facts, policy)
    documents = documents_of(mesh, asked, facts.tree)
    for name, paths in asked.items():
        routes = _routes(documents[name], facts.tree)
        for one in paths:
            yield from _judge(name, one, routes)


def _asked(mesh: Mesh, facts: GateFacts, policy: Policy) -> Asked:
    if facts.composed is not None:
        return asked_in(facts.composed)
    if facts.judged is not None:
        return {}
    each = facts_of_services(mesh, facts.tree, policy)
    found = {one.service.service_id: asked_of(one) for one in each}
    return {name: asked for name, asked in found.items() if asked}


def _routes(paths: Iterable[str], tree: Tree) -> tuple[tuple[str, tuple[Route, ...]], ...] | None:
    """Each document as shown with its routes; None where one of them says nothing that can be read."""
    from tierline.contracts.openapi.served import routes_in  # noqa: PLC0415 - seldom needed

    found: list[tuple[str, tuple[Route, ...]]] = []
    for path in paths:
        content = tree.entries[path].content
        routes = None if content is None else routes_in(content, tree.shown(path))
        if routes is None:
            return None
        found.append((tree.shown(path), routes))
    return tuple(found)


def _judge(
    service_id: str, asked: AskedPath, documents: tuple[tuple[str, tuple[Route, ...]], ...] | None
) -> Iterator[Defect]:
    """Declared: fine. Not among what is declared at this port: told so. Nothing declared: a guess."""
    listed = [route for _, routes in documents or () for route in routes]
    fitting = [route for route in listed if route.fits(asked.path)]
    if any(route.got for route in fitting):
        return
    told = f"{asked.who} asks {asked.path}"
    if documents is not None and listed and asked.at_interface:
        where = ", ".join(shown for shown, routes in documents if routes)
        if fitting:
            message = f"{told} by GET, and {where} has no GET there"
        else:
            known = [route.path for route in listed if route.got and "{" not in route.path]
            more = f"; it has {', '.join(known[:_NAMED])}" if known else ""
            more += f" and {len(known) - _NAMED} more" if len(known) > _NAMED else ""
            message = f"{told}, and neither {where} nor a source has that path{more}"
        yield Defect("manifests/probe-path-undeclared", message, asked.place, "", service_id)
    elif asked.has_code:
        message = f"{told}, and nothing here says that the service serves it"
        yield Defect("manifests/probe-path", message, asked.place, "", service_id)
