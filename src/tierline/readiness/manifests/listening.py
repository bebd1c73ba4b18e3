"""On which ports a container's program listens: its variables say so, else the configuration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tierline.frozen import frozen
from tierline.mesh.defect import Place
from tierline.mesh.k8s_value import number, word
from tierline.mesh.node import MapNode
from tierline.readiness.manifests.deployed import Box, Deployed, entries, inner

_ENDING = "_PORT"
_LISTENERS = frozenset({"http", "grpc", "metrics", "admin", "health", "listen", "server"})
"""words in the name of a variable that says where its program listens, not where another does"""


@frozen
class Listening:
    """`named` maps http, grpc, ... to a number and to where that is said."""

    named: Mapping[str, tuple[int, Place]]

    @property
    def numbers(self) -> frozenset[int]:
        """Every port that is known."""
        return frozenset(one for one, _ in self.named.values())


def ports_of(box: Box, deployed: Deployed) -> Listening | None:
    """The ports of a container. None where a variable decides whose value is not known here.

    `HTTP_PORT` and its like go before `service.http_port` of the configuration; a variable with
    more in front (`WORKER_HTTP_PORT`) is of a program's own, and then counts beside them.
    """
    found: dict[str, tuple[int, Place]] = {}
    for name, value, place in _variables(box, deployed):
        if value is None:
            return None
        found.setdefault(name.removesuffix(_ENDING).lower(), (value, place))
    config = deployed.facts.service.config
    for port in config.ports if config else ():
        if port.number and config is not None:
            place = config.places.get(f"service.{port.name}_port", Place(""))
            found.setdefault(port.name, (port.number, place))
    return Listening(found)


def where_said(known: Listening) -> str:
    """`8080 (mesh/.../default.yaml:4), 9090 (...)`."""
    rows = sorted({(port, str(Place(p.path, p.line))) for port, p in known.named.values()})
    return ", ".join(f"{port} ({place})" if place else str(port) for port, place in rows)


def _variables(box: Box, deployed: Deployed) -> Iterator[tuple[str, int | None, Place]]:
    """Name, number and place of each variable of a port, those of the container itself first."""
    for node in entries(box.node, "env"):
        name = word(node, "name")
        if not _is_listener(name):
            continue
        place = Place(box.path, node.line, node.column)
        given = inner(node, "valueFrom")
        if given is None:
            yield name, number(node.value("value"), quoted=True), place
        else:
            yield name, _referred(given, deployed), place
    for settings in deployed.read.declared.settings:
        whole = ("configmap", settings.name)
        if settings.kind == "ConfigMap" and whole in {
            (one.kind, one.name) for one in box.read.references if not one.mounted
        }:
            for key in settings.keys:
                if _is_listener(key.name):
                    yield key.name, key.number, key.place


def _is_listener(name: str) -> bool:
    return name.endswith(_ENDING) and bool(_LISTENERS & set(name.lower().split("_")))


def _referred(given: MapNode, deployed: Deployed) -> int | None:
    """The number that one key of a ConfigMap of this service holds."""
    reference = inner(given, "configMapKeyRef")
    name, key = word(reference, "name"), word(reference, "key")
    for settings in deployed.read.declared.settings:
        if settings.kind == "ConfigMap" and settings.name == name:
            return next((one.number for one in settings.keys if one.name == key), None)
    return None
