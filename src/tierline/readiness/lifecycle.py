"""Gate lifecycle: is every service listed as implemented, and does the list name only services?

Knows nothing of whether a listed service is any good: tests and verification say that.
"""

from __future__ import annotations

from collections.abc import Iterator

from tierline.mesh.defect import Defect, Place
from tierline.mesh.model import Mesh, Service
from tierline.mesh.names import nearest
from tierline.mesh.tree import Kind, Tree
from tierline.policy.model import Policy
from tierline.readiness.facts import GateFacts, told_unread
from tierline.readiness.gate import Found

_LIST = "tooling/manifests/implemented-services.yaml"
_DOCUMENT = "docs/service-lifecycle.md"


def judge_lifecycle(mesh: Mesh, facts: GateFacts, policy: Policy) -> Iterator[Defect]:
    """The rules of implemented-services.yaml, and whether the lifecycle is documented."""
    del policy
    tree = facts.tree
    for path, read in ((_DOCUMENT, mesh.lifecycle), (_LIST, mesh.implemented)):
        place = Place(tree.shown(path))
        if read is None and place.path not in told_unread(mesh.defects):
            message = f"nothing was read of {path}, so nobody can say whether it is in order"
            yield Defect("lifecycle/not-judged", message, place, f"write {path}, or mend it")
    if mesh.implemented is None:
        return
    listed = {entry.service_id: entry.place for entry in mesh.implemented}
    for entry in mesh.implemented:
        if entry.service_id not in mesh.services:
            close = nearest(entry.service_id, mesh.services)
            kind = (mesh.canonical.architecture or {}).get(entry.service_id)
            said = f", being a {kind}" if kind and kind != "microservice" else ""
            yield Defect(
                "lifecycle/unknown-service",
                f"{entry.service_id} is listed as implemented, but the index does not have it{said}",
                entry.place,
                f"did you mean {' or '.join(close)}?" if close else "remove it from the list",
            )
    whole = Place(tree.shown(_LIST))
    for service in mesh.services.values():
        if service.service_id in listed:
            yield from missing_contracts(service, listed[service.service_id], tree)
        else:
            yield Defect(
                "lifecycle/not-listed",
                f"{service.service_id} is not listed as implemented",
                whole,
                f"once it has business code, contracts and tests: tierline register {service.short_id}",
                service.service_id,
            )


def judge_listed(mesh: Mesh, facts: GateFacts, policy: Policy, found: Found) -> Iterator[Defect]:
    """Listed services of which another gate found that they only print something and end."""
    del facts, policy
    listed = {entry.service_id: entry.place for entry in mesh.implemented or ()}
    for one in found.findings:
        if one.code == "structure/placeholder" and one.service_id in listed:
            message = f"{one.service_id} is listed as implemented, and its api is a placeholder"
            fix = f"remove it from the list until {one.place.path} serves" if one.place else ""
            place = listed[one.service_id]
            yield Defect("lifecycle/placeholder", message, place, fix, one.service_id)


def missing_contracts(service: Service, place: Place, tree: Tree) -> Iterator[Defect]:
    """Events of a service without a contract file; what stands in one is not judged here."""
    sides = (
        ("consumes", "event_deps:", service.consumes),
        ("produces", "provides:EVENT:", service.produces),
    )
    for verb, prefix, events in sides:
        for event in events:
            path = f"contracts/events/{event}.json"
            entry = tree.entries.get(path)
            if entry is None or entry.kind is Kind.FOLDER:
                yield Defect(
                    "lifecycle/event-without-contract",
                    f"{service.service_id} {verb} {event}, and {path} does not exist",
                    service.places.get(f"{prefix}{event}", place),
                    f"write {path} with event_type, version, producer and payload_schema",
                    service.service_id,
                )
