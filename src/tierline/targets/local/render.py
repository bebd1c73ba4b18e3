"""A service's configuration for this machine: free ports, owners' addresses, variables resolved.

A value in, a value out; knows neither files nor processes. Defaults live in the service's own
`configs/default.yaml`; what it says about infrastructure stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import field

from tierline.errors import PermanentError
from tierline.frozen import frozen
from tierline.mesh.owner_keys import match_owner
from tierline.targets.asking.addresses import (
    Address,
    moved_to,
    parse_address,
    port_name,
)
from tierline.targets.template import Scalar, replaced, scalars

HOST = "127.0.0.1"
_REFERENCE = re.compile(r"\$\{(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?::?-(?P<default>[^}]*))?\}")
_PORT_KEY = re.compile(r"(?P<name>[a-z][a-z0-9_]*)_port")
_INFRASTRUCTURE = re.compile(r".*(_url|_urls|_brokers|_dsn|_uri)")


@frozen
class Neighbour:
    """A service that addresses may point at: its ports here, and those its configuration names."""

    ports: Mapping[str, int]
    declared: Mapping[str, int] = field(default_factory=dict[str, int])


@frozen
class Surroundings:
    """What rendering needs to know besides the text.

    `ports` are the service's own, name -> number. `owners` are those that keys may abbreviate,
    `pointed` maps a key to the service that the mesh's settings name for it. `neighbours` has every
    service that may be meant. `otlp` is `host:port` of the receiver, "" for none.
    """

    shown_path: str
    ports: Mapping[str, int]
    owners: tuple[str, ...]
    pointed: Mapping[str, str]
    neighbours: Mapping[str, Neighbour]
    variables: Mapping[str, str]
    otlp: str = ""


@frozen
class Rendered:
    """The text to write, and what else follows from it.

    `environment` holds the upper-cased dependency keys. `addresses` maps owner -> where it is,
    in the port that the configuration means. `infrastructure` maps key -> address of what no
    service of the mesh provides. `unmatched` are keys that look like a neighbour's but fit none.
    """

    text: str
    environment: Mapping[str, str]
    addresses: Mapping[str, Address]
    infrastructure: Mapping[str, tuple[Address, ...]]
    unmatched: tuple[str, ...]


class Unresolved(PermanentError):  # noqa: N818 - a fact about a configuration
    """A `${VAR}` that no file of variables gives a value."""


def port_names(text: str, shown_path: str) -> dict[str, int]:
    """The ports that `service.*_port` declares, name -> number as written (0: not a number)."""
    found: dict[str, int] = {}
    for scalar in scalars(text, shown_path):
        name = _port_of(scalar)
        if name:
            found[name] = int(scalar.value) if scalar.value.isdecimal() else 0
    return found


def render(text: str, around: Surroundings) -> Rendered:
    """The configuration as it must read here.

    Raises Unresolved (code `config/unresolved`, naming variable and place) and PermanentError
    for a text that is not YAML.
    """
    return _Rendering(around).render(text.removeprefix("\ufeff"))


class _Rendering:
    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self._changes: dict[Scalar, str] = {}
        self._values: dict[str, list[str]] = {}
        self._addresses: dict[str, Address] = {}
        self._matched: set[str] = set()
        self._infrastructure: dict[str, tuple[Address, ...]] = {}
        self._unmatched: list[str] = []

    def render(self, text: str) -> Rendered:
        for scalar in scalars(text, self._around.shown_path):
            value = self._value(scalar)
            if value != scalar.value:
                self._changes[scalar] = value
        return Rendered(
            text=replaced(text, self._changes),
            environment=self._environment(),
            addresses=self._addresses,
            infrastructure=self._infrastructure,
            unmatched=tuple(self._unmatched),
        )

    def _environment(self) -> dict[str, str]:
        named = {key: ",".join(values) for key, values in self._values.items()}
        return {
            key.upper(): value
            for key, value in named.items()
            if key in self._matched or key.upper() not in self._around.variables
        }

    def _value(self, scalar: Scalar) -> str:
        name = _port_of(scalar)
        if name and name in self._around.ports:
            return str(self._around.ports[name])
        if scalar.path[:1] == ("dependencies",):
            return self._dependency(scalar)
        value = self._resolved(scalar)
        if scalar.path == ("observability", "otlp_endpoint") and self._around.otlp:
            host, _, port = self._around.otlp.rpartition(":")
            return moved_to(value, host, int(port), bare=False)
        return value

    def _dependency(self, scalar: Scalar) -> str:
        key = next((str(step) for step in reversed(scalar.path) if isinstance(step, str)), "")
        neighbour = self._meant(key)
        if neighbour is None:
            value = self._resolved(scalar)
            self._note_unmatched(key, value)
        else:
            value = self._neighbours_address(key, scalar.value, neighbour)
            self._matched.add(key)
        self._values.setdefault(key, []).append(value)
        return value

    def _meant(self, key: str) -> str | None:
        pointed = self._around.pointed.get(key)
        if pointed is not None:
            return pointed if pointed in self._around.neighbours else None
        owner = match_owner(key, self._around.owners)
        return owner if owner in self._around.neighbours else None

    def _neighbours_address(self, key: str, written: str, service_id: str) -> str:
        neighbour = self._around.neighbours[service_id]
        name = port_name(key, written, neighbour.declared)
        port = neighbour.ports.get(name) or neighbour.ports.get("http", 0)
        self._addresses.setdefault(service_id, Address("", HOST, port))
        if name == "http":
            self._addresses[service_id] = Address("", HOST, port)
        return moved_to(written, HOST, port, bare=name == "grpc")

    def _note_unmatched(self, key: str, value: str) -> None:
        found = tuple(a for part in value.split(",") if (a := parse_address(part.strip())))
        if found and _INFRASTRUCTURE.fullmatch(key):
            self._infrastructure[key] = self._infrastructure.get(key, ()) + found
        elif found:
            self._unmatched.append(key)

    def _resolved(self, scalar: Scalar) -> str:
        def look_up(found: re.Match[str]) -> str:
            default: str | None = found["default"]
            value = self._around.variables.get(found["name"], default)
            if value is None:
                place = f"{self._around.shown_path}:{scalar.line + 1}:{scalar.column + 1}"
                raise Unresolved(
                    f"{place}: ${{{found['name']}}} has no value",
                    code="config/unresolved",
                    fix=f"set {found['name']} in .env or under [local.variables] in tierline.toml",
                )
            return value

        return _REFERENCE.sub(look_up, scalar.value)


def _port_of(scalar: Scalar) -> str:
    """The port's name if the scalar is a `service.*_port`, else ""."""
    if len(scalar.path) != 2 or scalar.path[0] != "service":
        return ""
    found = _PORT_KEY.fullmatch(str(scalar.path[1]))
    return found["name"] if found else ""
