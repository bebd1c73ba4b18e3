"""Gate load-order: does the written order agree with the index, and is there an order at all?

Knows nothing of when anything starts: it compares a document with a graph.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tierline.mesh.clean import clean
from tierline.mesh.declared import by_index
from tierline.mesh.defect import Defect, Place
from tierline.mesh.generated import load_order, prose_of
from tierline.mesh.graph import build_graph
from tierline.mesh.load_order import PATH as _DOCUMENT
from tierline.mesh.model import LoadOrder, Mesh
from tierline.policy.model import Policy
from tierline.readiness.exact import first_difference
from tierline.readiness.facts import GateFacts, told_unread

_FIX = "tierline index generate"


def judge_load_order(mesh: Mesh, facts: GateFacts, policy: Policy) -> Iterator[Defect]:
    """Cycles, tier inversions, and every difference between the document and the index."""
    del policy
    yield from _cycles(mesh)
    yield from _cycles_through_externals(mesh)
    yield from _inversions(mesh)
    document = Place(facts.tree.shown(_DOCUMENT))
    if mesh.load_order is None:
        if document.path not in told_unread(mesh.defects):
            message = f"nothing was read of {_DOCUMENT}, so nobody can say whether it agrees"
            yield Defect("load-order/not-judged", message, document, _FIX)
        return
    said = [
        *_summary(mesh, mesh.load_order, document),
        *_levels(mesh, mesh.load_order, document),
        *_tiers(mesh, mesh.load_order, document),
        *_matrix(mesh, mesh.load_order, document),
    ]
    yield from said
    if not said and not any(one.place.path == document.path for one in mesh.defects):
        yield from _spelling(mesh, facts, document)


def _spelling(mesh: Mesh, facts: GateFacts, document: Place) -> Iterator[Defect]:
    """A document that says what the index says, in other words than the generated ones."""
    entry = facts.tree.entries.get(_DOCUMENT)
    if mesh.graph.cycles or entry is None or entry.content is None:
        return
    prose = prose_of(entry.content.decode(errors="replace"))
    text = load_order(by_index(mesh.services.values()), mesh.profile.domains, prose)
    differs = first_difference(facts.tree, _DOCUMENT, text)
    if differs:
        place = Place(document.path, differs.line, 1)
        message = f"not byte for byte what is generated: {differs.words}"
        yield Defect("load-order/format", message, place, _FIX)


def _cycles(mesh: Mesh) -> Iterator[Defect]:
    for cycle in mesh.graph.cycles:
        for number, service_id in enumerate(cycle):
            owner = cycle[(number + 1) % len(cycle)]
            service = mesh.services[service_id]
            yield Defect(
                "load-order/cycle",
                f"DBR cycle: {_edges(cycle)}",
                service.places.get(f"dbr_deps:{owner}", service.place),
                "remove one of these dependencies: no service of a cycle can start first",
                service_id,
            )


def _cycles_through_externals(mesh: Mesh) -> Iterator[Defect]:
    """Cycles that only show when the dependencies of externals are known."""
    declared = mesh.canonical.depends_on
    if declared is None:
        return
    owners = {
        name: [entry.removeprefix("DBR:") for entry in entries if entry.startswith("DBR:")]
        for name, entries in declared.items()
    }
    for service_id, service in mesh.services.items():
        owners[service_id] = [*service.owners, *service.externals]
    if not any(owners.get(name) for one in mesh.services.values() for name in one.externals):
        return
    known = dict.fromkeys([*owners, *(one for found in owners.values() for one in found)], 0)
    for cycle in build_graph(owners, known).cycles:
        if all(name in mesh.services for name in cycle):
            continue
        for service_id in (name for name in cycle if name in mesh.services):
            yield Defect(
                "load-order/cycle-through-externals",
                f"DBR cycle through services outside the mesh: {_edges(cycle)}",
                mesh.services[service_id].place,
                "remove one of these dependencies where it is declared",
                service_id,
            )


def _edges(cycle: tuple[str, ...]) -> str:
    return clean(" -> ".join([*cycle, cycle[0]]), 1000)


def _inversions(mesh: Mesh) -> Iterator[Defect]:
    for one in mesh.graph.inversions:
        service = mesh.services[one.service_id]
        yield Defect(
            "load-order/tier-inversion",
            f"declared in tier {one.tier}, but its owner {one.because} starts in tier "
            f"{one.effective_tier}; it moves there",
            service.places.get(f"dbr_deps:{one.because}", service.place),
            "move one of the two to another domain, or live with the later start",
            one.service_id,
        )


def _summary(mesh: Mesh, written: LoadOrder, document: Place) -> Iterator[Defect]:
    for key, words, found, expected in (
        ("total", "Total microservices", written.total, len(mesh.services)),
        ("cycles", "DBR cycles detected", written.cycles, len(mesh.graph.cycles)),
    ):
        if found != expected:
            said = "nothing" if found is None else str(found)
            message = f"{words}: the document says {said}, the index {expected}"
            yield _differs(message, written.places.get(key, document), None)


def _levels(mesh: Mesh, written: LoadOrder, document: Place) -> Iterator[Defect]:
    found = {name: number for number, level in enumerate(written.levels) for name in level}
    for service_id in mesh.services:
        expected = mesh.graph.levels.get(service_id)
        behind_a_cycle = expected is None
        if found.get(service_id) != expected and not behind_a_cycle:
            at = written.places.get(f"service:{service_id}", document)
            message = f"{service_id}: {_said('level', found.get(service_id))}, by the index "
            yield _differs(f"{message}level {expected}", at, service_id)
    for service_id in found:
        if service_id not in mesh.services:
            at = written.places.get(f"service:{service_id}", document)
            yield _differs(f"{service_id}: in a level, but not in the index", at, None)
    for number, level in enumerate(written.levels):
        yield from _sorted(f"level {number}", level, written.places.get(f"level:{number}"))


def _tiers(mesh: Mesh, written: LoadOrder, document: Place) -> Iterator[Defect]:
    found = {name: number for number, tier in enumerate(written.tiers) for name in tier}
    for service_id, service in mesh.services.items():
        if found.get(service_id) != service.tier:
            at = written.places.get(f"tier:{found.get(service_id, service.tier)}", document)
            message = f"{service_id}: {_said('tier', found.get(service_id))}, by its domain tier "
            yield _differs(f"{message}{service.tier}", at, service_id)
    for number, tier in enumerate(written.tiers):
        at = written.places.get(f"tier:{number}", document)
        for service_id in tier:
            if service_id not in mesh.services:
                yield _differs(f"{service_id}: in tier {number}, but not in the index", at, None)
        if len(set(tier)) != len(tier):
            yield _differs(f"tier {number} lists a service twice", at, None)


def _matrix(mesh: Mesh, written: LoadOrder, document: Place) -> Iterator[Defect]:
    for service_id in mesh.services:
        at = written.places.get(f"matrix:{service_id}", document)
        expected = mesh.graph.owners.get(service_id, ())
        found = written.matrix.get(service_id)
        if found is None:
            yield _differs(f"{service_id}: no row in the DBR matrix", at, service_id)
        elif found != expected:
            message = f"{service_id}: the DBR matrix says {_names(found)}, the index "
            yield _differs(f"{message}{_names(expected)}", at, service_id)
    for service_id in written.matrix:
        if service_id not in mesh.services:
            at = written.places.get(f"matrix:{service_id}", document)
            message = f"{service_id}: a row in the DBR matrix, but not in the index"
            yield _differs(message, at, None)


def _sorted(what: str, names: tuple[str, ...], place: Place | None) -> Iterator[Defect]:
    if place is not None and list(names) != sorted(names):
        yield _differs(f"{what} is not in C order", place, None)


def _said(what: str, number: int | None) -> str:
    return f"in no {what}" if number is None else f"in {what} {number}"


def _names(found: Iterable[str]) -> str:
    return ", ".join(found) or "none"


def _differs(message: str, place: Place, service_id: str | None) -> Defect:
    return Defect("load-order/differs", message, place, _FIX, service_id)
