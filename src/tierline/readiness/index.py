"""Gate index: is `services-index.yaml` what its canonical inputs would generate?

What the file itself gets wrong the parser has found; this compares it with the inputs and with the
folders, service by service and field by field.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tierline.mesh.clean import clean
from tierline.mesh.declared import UNLISTED, by_index
from tierline.mesh.defect import Defect, Place
from tierline.mesh.generated import services_index
from tierline.mesh.index import PATH
from tierline.mesh.model import Canonical, Mesh, Service
from tierline.mesh.names import is_service_id
from tierline.policy.model import Policy
from tierline.readiness.exact import first_difference
from tierline.readiness.facts import GateFacts

_FIX = "tierline index generate, or correct the inputs"
_INPUTS = {
    "architecture": "service-architecture-map.yaml",
    "depends_on": "dependencies.yaml",
    "domains": "service-deployment-profile.md",
}
"""field of Canonical -> the file that it is read from"""


def judge_index(mesh: Mesh, facts: GateFacts, policy: Policy) -> Iterator[Defect]:
    """Every service and field in which the index differs from what it is generated from."""
    del policy
    index = Place(facts.tree.shown(PATH))
    if not mesh.services:
        yield Defect(
            "index/no-services",
            "the index declares no service, so there is nothing to release",
            index,
            "add one: tierline init --service ID --domain DOMAIN",
        )
        return
    missing = [file for field, file in _INPUTS.items() if getattr(mesh.canonical, field) is None]
    if missing:
        yield Defect(
            "index/freshness-not-judged",
            f"freshness not judged: no canonical inputs ({', '.join(missing)})",
            index,
            "put them into viralForge/specs beside the mesh, or name their folder in tierline.toml",
        )
    yield from _services(mesh, index)
    for service in mesh.services.values():
        yield from _fields(service, mesh.canonical)
    if not any(one.code.startswith("index/") for one in mesh.defects):
        yield from _spelling(mesh, facts, index)


def _spelling(mesh: Mesh, facts: GateFacts, index: Place) -> Iterator[Defect]:
    """A sound index that is still not what generating it from what it says would write."""
    text = services_index(by_index(mesh.services.values()))
    differs = first_difference(facts.tree, PATH, text)
    if differs:
        place = Place(index.path, differs.line, 1)
        message = f"not byte for byte what is generated: {differs.words}"
        yield Defect("index/format", message, place, "tierline index generate")


def _services(mesh: Mesh, index: Place) -> Iterator[Defect]:
    """Services that only one of the index and the architecture map has."""
    architecture = mesh.canonical.architecture
    if architecture is None:
        return
    for service_id, kind in sorted(architecture.items()):
        if kind == "microservice" and service_id not in mesh.services:
            yield _stale(
                f"{clean(service_id)}: the architecture map has it as a microservice, "
                "the index has not",
                index,
                service_id if is_service_id(service_id) else None,
            )
    for service_id, service in mesh.services.items():
        kind = architecture.get(service_id)
        if kind != "microservice":
            said = f"a {clean(kind)}" if kind else "unknown"
            words = f"{service_id}: in the index, but {said} to the architecture map"
            yield _stale(words, service.place, service_id)


def _fields(service: Service, canonical: Canonical) -> Iterator[Defect]:
    """Domain, owners and events of one service: expected by the inputs, found in the index."""
    name = service.service_id
    if canonical.domains is not None:
        expected = canonical.domains.get(name, UNLISTED)
        if expected != service.domain:
            at = service.places.get("cluster", service.place)
            yield _differs(service, "cluster", [expected], [service.domain], at)
    if canonical.depends_on is not None:
        entries = canonical.depends_on.get(name, ())
        owners = [*service.owners, *service.externals]
        yield from _list(service, "dbr_deps", _of(entries, "DBR:"), owners)
        yield from _list(service, "event_deps", _of(entries, "EVENT:"), service.consumes)
    if canonical.provides is not None:
        entries = canonical.provides.get(name, ())
        found = [*(f"EVENT:{event}" for event in service.produces)]
        if service.serves_http:
            found.append("http")
        yield from _list(service, "provides", set(entries), found)


def _of(entries: Iterable[str], prefix: str) -> set[str]:
    return {entry.removeprefix(prefix) for entry in entries if entry.startswith(prefix)}


def _list(
    service: Service, field: str, expected: set[str], found: Iterable[str]
) -> Iterator[Defect]:
    found = set(found)
    if found == expected:
        return
    extra = next((f"{field}:{entry}" for entry in sorted(found - expected)), field)
    at = service.places.get(extra, service.place)
    yield _differs(service, field, sorted(expected - found), sorted(found - expected), at)


def _differs(
    service: Service, field: str, expected: list[str], found: list[str], at: Place
) -> Defect:
    """Only what differs is named: the rest of a long list helps nobody."""
    parts: list[str] = []
    if expected:
        parts.append(f"the inputs have {clean(', '.join(expected), 200)}")
    if found:
        parts.append(f"the index has {clean(', '.join(found), 200)}")
    message = f"{service.service_id}: {field} differs from the canonical inputs: {'; '.join(parts)}"
    return _stale(message, at, service.service_id)


def _stale(message: str, place: Place, service_id: str | None) -> Defect:
    return Defect("index/stale", message, place, _FIX, service_id)
