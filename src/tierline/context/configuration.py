"""What a service's configuration says of ports, addresses and variables; shows no secret."""

from __future__ import annotations

from collections.abc import Iterable

from tierline.context.facts import Facts, at
from tierline.context.model import Dependency, Listening, Needed
from tierline.mesh.clean import clean
from tierline.mesh.compose import Composed
from tierline.mesh.infrastructure import system_of
from tierline.mesh.k8s_model import Manifests, Variable
from tierline.mesh.model import Config, Service
from tierline.mesh.owner_keys import match_owner, pointed
from tierline.mesh.redact import references, shown_value

Setters = dict[str, list[Variable]]
"""environment variable -> where manifests and the Compose file set it"""


def setters_of(manifests: Manifests | None, compose: Iterable[Composed]) -> Setters:
    """Every variable that a service's deployment sets."""
    found: Setters = {}
    for settings in manifests.settings if manifests else ():
        for variable in settings.keys:
            found.setdefault(variable.name, []).append(variable)
    for controller in manifests.controllers if manifests else ():
        for container in controller.containers:
            for variable in container.variables:
                found.setdefault(variable.name, []).append(variable)
    for composed in compose:
        for variable in composed.variables:
            found.setdefault(variable.name, []).append(variable)
    return found


def ports_of(service: Service, setters: Setters) -> tuple[Listening, ...]:
    """What it listens on by its configuration, then what variables move elsewhere."""
    found: list[Listening] = []
    for port in service.config.ports if service.config else ():
        place = service.config.places.get(f"service.{port.name}_port") if service.config else None
        place = place or service.place
        found.append(Listening(port.name, port.number or None, "configuration", place))
    for name in sorted(setters):
        if not name.endswith("_PORT"):
            continue
        for variable in setters[name]:
            told = name.removesuffix("_PORT").lower()
            found.append(Listening(told, variable.number, f"variable {name}", variable.place))
    return tuple(found)


def dependencies_of(service: Service, facts: Facts, setters: Setters) -> tuple[Dependency, ...]:
    """Its entries of `dependencies`, each with whom it means."""
    config = service.config
    if config is None:
        return ()
    given = pointed(facts.mesh, service.service_id)
    return tuple(
        _dependency(service, config, (key, _joined(value)), given.get(key, ""), facts, setters)
        for key, value in config.dependencies.items()
    )


def _joined(value: str | tuple[str, ...]) -> str:
    return value if isinstance(value, str) else ",".join(value)


def telemetry_of(service: Service, facts: Facts, setters: Setters) -> Dependency | None:
    """Where its telemetry goes; None where the configuration says nothing of it."""
    config = service.config
    if config is None or not config.otlp_endpoint:
        return None
    key = "observability.otlp_endpoint"
    told = _needed(service, config, (key, config.otlp_endpoint), facts, setters)
    shown = shown_value(key, config.otlp_endpoint)
    place = config.places.get(key, service.place)
    setting = _set_by("OTEL_EXPORTER_OTLP_ENDPOINT", facts, setters)
    return Dependency(key, "infrastructure", "telemetry collector", shown, told, setting, place)


def _dependency(
    service: Service,
    config: Config,
    entry: tuple[str, str],
    given: str,
    facts: Facts,
    setters: Setters,
) -> Dependency:
    key, value = entry
    means = given or match_owner(key, (*service.owners, *service.externals)) or ""
    system = "" if means else system_of(key, value)
    place = config.places.get(f"dependencies.{key}", service.place)
    kind = _kind(means, service, facts) if means else "infrastructure" if system else "unknown"
    if kind == "unknown":
        message = f"dependencies.{clean(key)} means no owner and no system that tierline knows"
        facts.inputs.remark("unknown-address", message, place, "", service.service_id)
    return Dependency(
        key=clean(key),
        kind=kind,
        means=means or system,
        shown=shown_value(key, value),
        variables=_needed(service, config, entry, facts, setters),
        set_by=_set_by(key.upper(), facts, setters),
        place=place,
    )


def _kind(means: str, service: Service, facts: Facts) -> str:
    if means in service.owners:
        return "owner"
    return "service" if means in facts.mesh.services else "external"


def _needed(
    service: Service, config: Config, entry: tuple[str, str], facts: Facts, setters: Setters
) -> tuple[Needed, ...]:
    """The variables of a value; one that nobody defines is a finding."""
    key, value = entry
    found: list[Needed] = []
    for name, has_default in references(value):
        places = (*facts.variables.get(name, ()), *_set_by(name, facts, setters))
        found.append(Needed(name, has_default, places))
        if not places and not has_default:
            place = config.places.get(f"dependencies.{key}") or config.places.get(
                key, service.place
            )
            message = f"{clean(key)} needs {name}, which nothing defines"
            facts.inputs.remark("undefined-variable", message, place, "", service.service_id)
    return tuple(found)


def _set_by(name: str, facts: Facts, setters: Setters) -> tuple[str, ...]:
    places = (at(one.place, facts.inputs.tree.label) for one in setters.get(name, ()))
    return tuple(dict.fromkeys(places))


def infrastructure_of(dependencies: Iterable[Dependency]) -> tuple[str, ...]:
    """The systems that a service needs, each once."""
    return tuple(sorted({one.means for one in dependencies if one.kind == "infrastructure"}))
