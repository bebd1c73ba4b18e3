"""Which ports a service has and where its owners are, on this machine; knows no processes.

Port names: `http` and `grpc`, whatever `service.*_port` the configuration declares, and
`<workload>_http` for workloads besides the first (`api` where there is one).
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping

from tierline.frozen import frozen
from tierline.mesh.model import Mesh
from tierline.targets.asking.addresses import Address
from tierline.targets.local.client import Client
from tierline.targets.local.messages import Ports
from tierline.targets.local.render import HOST, Neighbour, Rendered, Surroundings, render
from tierline.targets.local.stage import Staged


@frozen
class Wired:
    """A staged revision with its ports and its configuration for this machine."""

    ports: Ports
    rendered: Rendered


def first_workload(names: Iterable[str]) -> str:
    """The workload that the service's own `http_port` is for."""
    listed = tuple(names)
    return "api" if "api" in listed else next(iter(listed), "")


def own_port(workload: str, first: str) -> str:
    """The name of the port on which a workload serves HTTP."""
    return "http" if workload == first else f"{workload}_http"


def port_names(declared: Iterable[str], workloads: Iterable[str]) -> tuple[str, ...]:
    """The names of all ports of a service, sorted."""
    names = tuple(workloads)
    first = first_workload(names)
    return tuple(sorted({"http", "grpc", *declared, *(own_port(name, first) for name in names)}))


class Wiring:
    """Asks the supervisor for ports once, and renders."""

    def __init__(self, client: Client, mesh: Mesh) -> None:
        self._client, self._mesh = client, mesh
        self._neighbours: dict[str, Neighbour] = {}

    async def wire(self, staged: Staged, template: str, otlp: str) -> Wired:
        """Ports and rendered configuration of a staged revision.

        Raises Unresolved and PermanentError for the configuration, TemporaryError without a
        supervisor.
        """
        names = port_names(staged.declared, (w.name for w in staged.workloads))
        meant = {*staged.owners, *staged.pointed.values()} & self._mesh.services.keys()
        ports, _ = await asyncio.gather(
            self._client.ports(staged.service_id, names),
            asyncio.gather(*(self._neighbour(service_id) for service_id in sorted(meant))),
        )
        around = Surroundings(
            shown_path=staged.shown_config,
            ports=ports.numbers,
            owners=staged.owners,
            pointed=staged.pointed,
            neighbours={service_id: self._neighbours[service_id] for service_id in meant},
            variables=staged.variables,
            otlp=otlp,
        )
        return Wired(ports, render(template, around))

    def addresses(self, services: Iterable[str]) -> Mapping[str, Address]:
        """Where the services serve HTTP, of those whose ports are known."""
        known = {name: self._neighbours[name] for name in services if name in self._neighbours}
        return {name: Address("", HOST, found.ports["http"]) for name, found in known.items()}

    async def _neighbour(self, service_id: str) -> None:
        if service_id in self._neighbours:
            return
        service = self._mesh.services[service_id]
        declared = {p.name: p.number for p in service.config.ports} if service.config else {}
        names = port_names(declared, (workload.name for workload in service.workloads))
        ports = await self._client.ports(service_id, names)
        self._neighbours[service_id] = Neighbour(ports.numbers, declared)
