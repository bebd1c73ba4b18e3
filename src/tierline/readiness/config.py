"""Gate config: does `configs/default.yaml` say the same as the index, and can it be filled in?

Knows nothing of what the addresses lead to.
"""

from __future__ import annotations

from collections.abc import Iterator

from tierline.mesh.clean import clean
from tierline.mesh.defect import Defect, Place
from tierline.mesh.model import Config, Service
from tierline.readiness.config_addresses import judge_addresses
from tierline.readiness.config_variables import judge_variables
from tierline.readiness.facts import ServiceFacts

_PATH = "configs/default.yaml"


def judge_config(facts: ServiceFacts) -> Iterator[Defect]:
    """What a service's configuration gets wrong; one that parsers refused is unknown here."""
    service = facts.service
    if service.config is not None:
        yield from _identity(service, service.config)
        yield from _ports(service, service.config)
        yield from judge_variables(facts, service.config)
        yield from judge_addresses(service, service.config, facts.addresses)
    elif service.path and (path := facts.shown(_PATH)) not in facts.unread:
        message, fix = f"nothing was read of {path}", "write it, or mend it"
        yield Defect("config/not-judged", message, Place(path), fix, service.service_id)


def _identity(service: Service, config: Config) -> Iterator[Defect]:
    for slug, key, found, expected in (
        ("id-differs", "service.id", config.service_id, service.service_id),
        ("domain-differs", "service.cluster", config.domain, service.domain),
    ):
        if found and found != expected:
            yield Defect(
                f"config/{slug}",
                f"{key} is {clean(found)}, and the index says {expected}",
                _place(config, key),
                f"write {expected}",
                service.service_id,
            )


def _ports(service: Service, config: Config) -> Iterator[Defect]:
    taken: dict[int, str] = {}
    for port in config.ports:
        key = f"service.{port.name}_port"
        if port.number == 0:
            yield Defect(
                "config/variable-for-number",
                f"{key} is a variable without a default where a number belongs",
                _place(config, key),
                "write the number that holds without any variable: ${HTTP_PORT:-8080}",
                service.service_id,
            )
        elif port.number in taken:
            yield Defect(
                "config/port-twice",
                f"{key} and {taken[port.number]} are both {port.number}",
                _place(config, key),
                "give each its own port",
                service.service_id,
            )
        taken.setdefault(port.number, key)


def _place(config: Config, key: str) -> Place:
    """Where a key stands; the file as a whole where the parser did not note it."""
    if key in config.places:
        return config.places[key]
    path = next((place.path for place in config.places.values()), "")
    return Place(path)
