"""Makes what Compose runs of one service out of the resolved project; pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

from tierline.frozen import frozen
from tierline.targets.asking.addresses import parse_address
from tierline.targets.compose.model import (
    FENCE,
    IMAGE,
    KEY,
    REVISION,
    SENDER,
    SERVICE,
    WORKLOAD,
    Staged,
    StagedPart,
)

_DROPPED = ("build", "depends_on", "scale", "profiles", "links", "develop", "provider")
_OURS = "networks"
Document = Mapping[str, Any]
"""a project, a service or a container, as Compose or its engine tells it"""


@frozen
class Effect:
    """What is asked for: the key, the fence that goes with it, and where telemetry goes by part."""

    key: str
    fence: int
    endpoints: Mapping[str, str]


def networks_of(project: Mapping[str, Any], service: Mapping[str, Any]) -> tuple[str, ...]:
    """Full names of the networks that a service joins, in the order in which it names them."""
    known = table(project.get(_OURS))
    return tuple(
        str(table(known.get(name)).get("name") or f"{project['name']}_{name}")
        for name in table(service.get(_OURS))
    )


def document_of(project: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """Only these services, without builds and waiting; networks are made by us, so they are external."""
    services = {
        name: {k: v for k, v in project["services"][name].items() if k not in _DROPPED}
        for name in names
    }
    used = {name for one in services.values() for name in table(one.get(_OURS))}
    return {
        "name": project["name"],
        "services": services,
        _OURS: {
            name: {"name": one.get("name") or f"{project['name']}_{name}", "external": True}
            for name, one in table(project.get(_OURS)).items()
            if name in used
        },
        **{
            kind: {
                name: one
                for name, one in project[kind].items()
                if any(_names(service, kind, name) for service in services.values())
            }
            for kind in ("volumes", "secrets", "configs")
            if project.get(kind)
        },
    }


def for_effect(staged: Staged, effect: Effect) -> dict[str, Any]:
    """The staged document with images pinned, our labels, and where to send telemetry."""
    document = dict(staged.document)
    document["services"] = {
        part.name: _started(staged, part, document["services"][part.name], effect)
        for part in staged.parts
    }
    return document


def sender_of(effect: Effect, workload: str) -> str:
    """How the telemetry of a start names it: a container's id is not known beforehand."""
    return f"{effect.key.replace('/', '_')}.{workload}"


def _started(
    staged: Staged, part: StagedPart, service: Mapping[str, Any], effect: Effect
) -> dict[str, Any]:
    sender = sender_of(effect, part.workload)
    labels = {
        **table(service.get("labels")),
        SERVICE: staged.service_id,
        WORKLOAD: part.workload,
        REVISION: staged.revision if part.known else "",
        IMAGE: part.image,
        KEY: effect.key,
        FENCE: str(effect.fence),
        SENDER: sender,
    }
    environment = {**table(service.get("environment"))}
    if endpoint := effect.endpoints.get(part.name):
        environment |= _telemetry(staged, sender, endpoint)
    return {
        **service,
        "image": part.image,
        "pull_policy": "never",
        "labels": labels,
        "environment": environment,
    }


def _telemetry(staged: Staged, sender: str, endpoint: str) -> dict[str, str]:
    resource = {
        "service.name": staged.service_id,
        "service.version": staged.revision,
        "service.instance.id": sender,
    }
    return {
        "OTEL_EXPORTER_OTLP_ENDPOINT": endpoint,
        "OTEL_EXPORTER_OTLP_PROTOCOL": "http/json",
        "OTEL_METRIC_EXPORT_INTERVAL": "1000",
        "OTEL_SERVICE_NAME": staged.service_id,
        "OTEL_RESOURCE_ATTRIBUTES": ",".join(f"{k}={_quoted(v)}" for k, v in resource.items()),
    }


def _quoted(value: str) -> str:
    return value.replace("%", "%25").replace(",", "%2C").replace("=", "%3D").replace("$", "$$")


def _names(service: Mapping[str, Any], kind: str, name: str) -> bool:
    used: list[object] = service.get(kind) or []
    return any(table(one).get("source") == name for one in used)


def port_of(service: Mapping[str, Any], configured: int, *, first: bool) -> int:
    """Where a part serves HTTP: by its variables, else (the first workload) by its configuration."""
    told = table(service.get("environment"))
    names = ("HTTP_PORT",) if first else ("WORKER_HTTP_PORT", "HTTP_PORT")
    for name in names:
        value = str(told.get(name) or "")
        if value.isdigit():
            return int(value)
    return configured if first else 0


def owners_of(
    service: Mapping[str, Any], owners: Mapping[str, tuple[str, ...]], default: Mapping[str, int]
) -> dict[str, str]:
    """Owner -> `host:port` by which a service knows it: a variable that names it, else its own port.

    `owners` maps an owner to the hosts by which its parts are found.
    """
    values = [str(one) for one in table(service.get("environment")).values() if one]
    addresses = [address for address in map(parse_address, values) if address is not None]
    found: dict[str, str] = {}
    for owner, hosts in owners.items():
        named = next((one for one in addresses if one.host in hosts), None)
        if named is not None:
            found[owner] = f"{named.host}:{named.port}"
        elif hosts and default.get(owner):
            found[owner] = f"{hosts[0]}:{default[owner]}"
    return found


def table(value: object) -> dict[str, Any]:
    """The value, if it is a mapping; else an empty one."""
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}
