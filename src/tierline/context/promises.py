"""Which contracts a service provides and consumes, with versions and the services across."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tierline.context.documents import count
from tierline.context.facts import Facts
from tierline.context.model import Dependency, Promise
from tierline.mesh.api_contracts import ApiContract
from tierline.mesh.defect import Place
from tierline.mesh.event_contract import ENDING, FOLDER
from tierline.mesh.model import Service


def provided(service: Service, facts: Facts) -> tuple[Promise, ...]:
    """What others rely on: its APIs, by its dependents, and its events, by their consumers."""
    dependents = facts.mesh.graph.dependents.get(service.service_id, ())
    apis = facts.contracts.get(service.service_id, ())
    if dependents and not apis:
        readers = count(len(dependents), "service reads", "services read")
        message = f"{readers} its data, and it has no proto or OpenAPI contract"
        facts.inputs.remark("no-contract", message, service.place, "", service.service_id)
    found = [_api(one, dependents, "") for one in apis]
    for event in service.produces:
        consumers = facts.lookup.consumers.get(event, ())
        place = service.places.get(f"provides:EVENT:{event}", service.place)
        found.append(_event(event, consumers, service, place, facts))
    return tuple(found)


def consumed(
    service: Service, dependencies: Iterable[Dependency], facts: Facts
) -> tuple[Promise, ...]:
    """What it relies on: the APIs of its owners and of whom it calls, and events."""
    found = [*_called(service, tuple(dependencies), facts)]
    for event in service.consumes:
        producers = facts.lookup.producers.get(event, ())
        place = service.places.get(f"event_deps:{event}", service.place)
        found.append(_event(event, producers, service, place, facts))
        if not producers:
            message = f"no service of the mesh produces {event}"
            facts.inputs.remark("no-producer", message, place, "", service.service_id)
    return tuple(found)


def _called(
    service: Service, dependencies: tuple[Dependency, ...], facts: Facts
) -> Iterator[Promise]:
    by_key = {one.means: one for one in dependencies if one.kind in {"owner", "service"}}
    for name in (*service.owners, *(one for one in by_key if one not in service.owners)):
        apis = facts.contracts.get(name, ())
        dependency = by_key.get(name)
        key = dependency.key if dependency else ""
        wanted = "proto" if {"grpc", "rpc"} & set(key.lower().split("_")) else "openapi"
        fitting = [one for one in apis if one.kind == wanted] if key else []
        for one in fitting or apis:
            yield _api(one, (name,), key or "edge")


def _api(one: ApiContract, parties: Iterable[str], through: str) -> Promise:
    return Promise(one.kind, one.name, one.version, tuple(parties), one.path, through, one.place)


def _event(
    event: str, parties: tuple[str, ...], service: Service, place: Place, facts: Facts
) -> Promise:
    contract = facts.mesh.events.get(event)
    path = f"{FOLDER}{event}{ENDING}"
    if contract is None and path not in facts.inputs.tree.entries:
        message = f"event {event} has no contract {path}"
        facts.inputs.remark("no-contract", message, place, "", service.service_id)
    producers = facts.lookup.producers.get(event, ())
    if len(producers) > 1:
        message = f"event {event} has {len(producers)} producers: {', '.join(producers)}"
        facts.inputs.remark("two-producers", message, place, "", service.service_id)
    version, path = (contract.version, path) if contract else ("", "")
    return Promise(
        "event", event, version, parties, path, "", contract.place if contract else place
    )
