"""Services as somebody declares them: what the index is generated from; knows no format."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from tierline.frozen import frozen
from tierline.mesh.model import Canonical, Service

DBR, EVENT, HTTP = "DBR:", "EVENT:", "http"
UNLISTED: Final = "integrations"
"""the domain of a service that the deployment profile does not name"""


@frozen
class Declaration:
    """A service as the canonical inputs declare it. `depends_on` may name services outside."""

    service_id: str
    domain: str
    depends_on: tuple[str, ...] = ()
    consumes: tuple[str, ...] = ()
    provides: tuple[str, ...] = ()
    """`EVENT:<name>` and `http`"""


def by_index(services: Iterable[Service]) -> tuple[Declaration, ...]:
    """The services as the index has them."""
    return tuple(
        Declaration(
            one.service_id,
            one.domain,
            (*one.owners, *one.externals),
            one.consumes,
            (*(f"{EVENT}{event}" for event in one.produces), *([HTTP] * one.serves_http)),
        )
        for one in services
    )


def by_inputs(inputs: Canonical) -> tuple[Declaration, ...]:
    """The microservices of the canonical inputs, sorted by id; an absent file says nothing.

    Entries that are neither `DBR:`, `EVENT:` nor `http` are left out: `strange_entries` names them.
    """
    names = (name for name, kind in (inputs.architecture or {}).items() if kind == "microservice")
    found: list[Declaration] = []
    for name in sorted(names):
        needs = (inputs.depends_on or {}).get(name, ())
        provides = (inputs.provides or {}).get(name, ())
        found.append(
            Declaration(
                name,
                (inputs.domains or {}).get(name, UNLISTED),
                tuple(one.removeprefix(DBR) for one in needs if one.startswith(DBR)),
                tuple(one.removeprefix(EVENT) for one in needs if one.startswith(EVENT)),
                tuple(one for one in provides if _is_provided(one)),
            )
        )
    return tuple(found)


def strange_entries(inputs: Canonical) -> tuple[tuple[str, str], ...]:
    """(service, entry) of everything in `dependencies.yaml` that no index has a place for."""
    wrong = [
        (name, entry)
        for name, entries in (inputs.depends_on or {}).items()
        for entry in entries
        if not entry.startswith((DBR, EVENT))
    ]
    wrong += [
        (name, entry)
        for name, entries in (inputs.provides or {}).items()
        for entry in entries
        if not _is_provided(entry)
    ]
    return tuple(wrong)


def _is_provided(entry: str) -> bool:
    return entry == HTTP or entry.startswith(EVENT)
