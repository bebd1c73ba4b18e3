"""Gate event-contracts: does every event have one contract that its producer stands by?

What a file itself gets wrong the parser has found; whether a contract still fits the one of another
revision is not asked here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tierline.frozen import frozen
from tierline.mesh.clean import clean
from tierline.mesh.defect import Defect, Place
from tierline.mesh.event_contract import ENDING, FOLDER
from tierline.mesh.model import EventContract, Mesh, Service
from tierline.mesh.names import is_service_id, nearest
from tierline.mesh.tree import Kind, Tree
from tierline.policy.model import Policy
from tierline.readiness.event_schema import judge_schema
from tierline.readiness.facts import GateFacts

_KNOWN_FILES = frozenset({"README.md", ".gitkeep"})


@frozen
class _Sides:
    """event -> its producers and its consumers, in the index's order."""

    producers: Mapping[str, list[Service]]
    consumers: Mapping[str, list[Service]]


def judge_event_contracts(mesh: Mesh, facts: GateFacts, policy: Policy) -> Iterator[Defect]:
    """Contracts that nobody stands by or that are no contracts, and events without one."""
    del policy
    sides = _sides(mesh)
    for event, contract in mesh.events.items():
        service_id = contract.producer if contract.producer in mesh.services else None
        yield from _producer(event, contract, mesh, sides)
        yield from judge_schema(event, contract, service_id, facts.tree)
        if event not in sides.producers and event not in sides.consumers:
            message = f"no service of the index produces or consumes {clean(event)}"
            fix = f"remove {FOLDER}{clean(event)}{ENDING}, or declare the event where it is used"
            yield _defect("unused", message, contract.place, fix)
    for event, producers in sides.producers.items():
        yield from _several(event, producers, mesh.events.get(event))
    for event, consumers in sides.consumers.items():
        if event not in sides.producers:
            yield from _from_outside(event, consumers, mesh.events.get(event))
    yield from _without(mesh, facts.tree)
    yield from _strays(facts.tree)


def _sides(mesh: Mesh) -> _Sides:
    producers: dict[str, list[Service]] = {}
    consumers: dict[str, list[Service]] = {}
    for service in mesh.services.values():
        for event in service.produces:
            producers.setdefault(event, []).append(service)
        for event in service.consumes:
            consumers.setdefault(event, []).append(service)
    return _Sides(producers, consumers)


def _producer(event: str, contract: EventContract, mesh: Mesh, sides: _Sides) -> Iterator[Defect]:
    """The producer that a contract names really provides the event, or is outside the mesh."""
    name = contract.producer
    if not is_service_id(name):
        return
    real = [one.service_id for one in sides.producers.get(event, ())]
    place = contract.places.get("producer", contract.place)
    known = mesh.canonical.architecture
    said = f"; {' and '.join(real)} does" if real else ""
    if name in real:
        return
    if name in mesh.services or real:
        message = f"producer {name} does not provide {clean(event)} by the index{said}"
        fix = f"write {real[0]}" if real else f"write who provides {clean(event)}"
        service_id = name if name in mesh.services else None
        yield _defect("not-the-producer", message, place, fix, service_id)
    elif known is not None and name not in known:
        close = nearest(name, (*mesh.services, *known))
        fix = f"did you mean {' or '.join(close)}?" if close else "write who produces it"
        yield _defect("unknown-producer", f"nobody knows the producer {name}", place, fix)


def _several(
    event: str, producers: list[Service], contract: EventContract | None
) -> Iterator[Defect]:
    """Of several producers the contract's own counts; the first, where it names none of them."""
    ids = [one.service_id for one in producers]
    owner = contract.producer if contract and contract.producer in ids else ids[0]
    for service in producers:
        if service.service_id != owner:
            message = f"{service.service_id} provides {event}, and so does {owner}"
            place = service.places.get(f"provides:EVENT:{event}", service.place)
            fix = "leave it to one of them, or give each an event of its own"
            yield _defect("several-producers", message, place, fix, service.service_id)


def _from_outside(
    event: str, consumers: list[Service], contract: EventContract | None
) -> Iterator[Defect]:
    by = f", only {contract.producer} outside it" if contract and contract.producer else ""
    for service in consumers:
        message = (
            f"{service.service_id} consumes {event}, which no service of the mesh produces{by}"
        )
        place = service.places.get(f"event_deps:{event}", service.place)
        fix = "nothing if it comes from outside; else let its producer declare it"
        yield _defect("external-event", message, place, fix, service.service_id)


def _without(mesh: Mesh, tree: Tree) -> Iterator[Defect]:
    """Events of services that nobody lists as implemented: gate lifecycle judges those listed."""
    listed = {entry.service_id for entry in mesh.implemented or ()}
    for service in mesh.services.values():
        if service.service_id in listed:
            continue
        for verb, prefix, events in (
            ("consumes", "event_deps:", service.consumes),
            ("produces", "provides:EVENT:", service.produces),
        ):
            for event in events:
                entry = tree.entries.get(f"{FOLDER}{event}{ENDING}")
                if entry is None or entry.kind is Kind.FOLDER:
                    message = f"{service.service_id} {verb} {event}, which has no contract"
                    place = service.places.get(f"{prefix}{event}", service.place)
                    fix = f"write {FOLDER}{event}{ENDING}"
                    yield _defect("no-contract", message, place, fix, service.service_id)


def _strays(tree: Tree) -> Iterator[Defect]:
    """Files among the contracts that nobody reads as one."""
    for path, entry in tree.entries.items():
        if not path.startswith(FOLDER) or entry.kind is not Kind.FILE:
            continue
        name = path.removeprefix(FOLDER)
        if name not in _KNOWN_FILES and ("/" in name or not name.endswith(ENDING)):
            message = f"{clean(name)} lies among the event files and is not read as one"
            fix = f"a contract is {FOLDER}<event>{ENDING}; keep other files elsewhere"
            yield _defect("stray-file", message, Place(clean(tree.shown(path), 300)), fix)


def _defect(
    slug: str, message: str, place: Place, fix: str, service_id: str | None = None
) -> Defect:
    return Defect(f"event-contracts/{slug}", message, place, fix, service_id)
