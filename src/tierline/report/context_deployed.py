"""The rows of what is deployed: images, pods, probes, resources, scale, settings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tierline.context.documents import count
from tierline.context.model import Image, Sheet
from tierline.mesh.k8s_model import Autoscaler, Budget, Container, Controller, Manifests, Probe
from tierline.report.context_row import Row, joined

_PINS = {
    "digest": "pinned by digest",
    "version": "by tag, not by digest",
    "moving": "the tag moves",
    "variable": "a variable decides",
    "none": "not an image",
}
_TIMINGS = {
    "initialDelaySeconds": "after {} s",
    "periodSeconds": "every {} s",
    "timeoutSeconds": "timeout {} s",
    "successThreshold": "{} to pass",
    "failureThreshold": "{} to fail",
}


def deployed_rows(sheet: Sheet) -> Iterator[Row]:
    """Everything that its manifests and its Compose file say."""
    for image in sheet.images:
        yield Row("image", _image(image), (image.place,))
    if not sheet.images:
        yield Row("image", "unknown: neither a manifest nor the Compose file names one")
    if sheet.manifests is None:
        yield Row("kubernetes", "unknown: it has no manifest")
    else:
        yield from _kubernetes(sheet.manifests)
    if sheet.compose is None:
        yield Row("compose", "unknown: it has no readable Compose file")
    for one in sheet.compose or ():
        checked = "health check" if one.health_checked else "no health check"
        ports = f", ports {joined(one.ports)}" if one.ports else ""
        after = f", after {joined(one.depends_on)}" if one.depends_on else ""
        built = ", built here" if one.built else ""
        yield Row("compose", f"{one.name}: {checked}{built}{ports}{after}", (one.place,))


def _image(image: Image) -> str:
    container = f" {image.container}" if image.container else ""
    where = f"{image.by} {image.workload}{container}"
    if not image.reference:
        return f"none named ({where})"
    return f"{image.reference} ({where}): {_PINS[image.pin]}"


def _kubernetes(manifests: Manifests) -> Iterator[Row]:
    for controller in manifests.controllers:
        yield from _controller(controller)
    if not manifests.controllers:
        yield Row("kubernetes", "no manifest that runs anything")
    yield from (_autoscaler(one) for one in manifests.autoscalers)
    if not manifests.autoscalers:
        yield Row("scale", "no autoscaler")
    yield from (_budget(one) for one in manifests.budgets)
    if not manifests.budgets:
        yield Row("scale", "no disruption budget")
    for one in manifests.exposures:
        ports = joined(f"{port.name} {port.number}".strip() for port in one.ports)
        yield Row("exposes", f"Service {one.name}: {ports or 'no port'}", (one.place,))
    for one in manifests.settings:
        keys = " ".join(key.name for key in one.keys) or "no keys"
        yield Row("settings", f"{one.kind} {one.name}: {keys}", (one.place,))
    for one in manifests.others:
        yield Row("kubernetes", f"{one.kind} {one.name}", (one.place,))


def _controller(one: Controller) -> Iterator[Row]:
    replicas = "replicas not said" if one.replicas is None else count(one.replicas, "replica")
    told = f", told apart by {one.label}" if one.label else ", pods without a name label"
    place = one.replicas_place or one.place
    yield Row("kubernetes", f"{one.kind} {one.name}: {replicas}{told}", (place,))
    for container in one.containers:
        name = f"{container.name or 'unnamed'}{' (init)' if container.init else ''}"
        yield from _probes(name, container)
        yield Row("resources", f"{name}: {_resources(container)}", (container.place,))
        needed = joined(dict.fromkeys(f"{ref.kind} {ref.name}" for ref in container.references))
        secrets = joined(
            dict.fromkeys(f"{v.name} of {v.source}" for v in container.variables if v.source.startswith("secret"))
        )  # fmt: skip
        for text in (needed, secrets):
            if text:
                yield Row("settings", f"{name} needs {text}", (container.place,))


def _probes(name: str, container: Container) -> Iterator[Row]:
    if container.init:
        return
    found = {one.kind: one for one in container.probes}
    for kind in ("readiness", "liveness", "startup"):
        probe = found.get(kind)
        if probe is not None:
            yield Row("probes", f"{name} {kind}: {_probe(probe)}", (probe.place,))
    missing = [kind for kind in ("readiness", "liveness", "startup") if kind not in found]
    if missing:
        yield Row("probes", f"{name}: no {joined(missing)} probe", (container.place,))


def _probe(probe: Probe) -> str:
    port = f" on {probe.port}" if probe.port else ""
    asked = {
        "http": f"GET {probe.path or '/'}{port}",
        "tcp": f"connects{port}",
        "grpc": f"asks gRPC health{port}",
        "exec": f"runs {probe.command or 'a command'}",
    }.get(probe.how, "asks nothing")
    timed = [
        words.format(probe.timings[key]) for key, words in _TIMINGS.items() if key in probe.timings
    ]
    return ", ".join([asked, *(timed or ["default timing"])])


def _resources(container: Container) -> str:
    parts = [
        f"{what} {_quantities(found)}" if found else f"no {what}"
        for what, found in (("requests", container.requests), ("limits", container.limits))
    ]
    return "; ".join(parts)


def _quantities(found: Mapping[str, str]) -> str:
    return " ".join(f"{key} {value}" for key, value in found.items())


def _autoscaler(one: Autoscaler) -> Row:
    lowest = "1" if one.minimum is None else str(one.minimum)
    highest = "no limit" if one.maximum is None else str(one.maximum)
    by = f" by {joined(one.metrics)}" if one.metrics else ""
    return Row("scale", f"HPA {lowest} to {highest}{by}", (one.place,))


def _budget(one: Budget) -> Row:
    parts: list[str] = []
    if one.minimum_available:
        parts.append(f"at least {one.minimum_available} available")
    if one.maximum_unavailable:
        parts.append(f"at most {one.maximum_unavailable} unavailable")
    return Row("scale", f"PDB {joined(parts) or 'without a limit'}", (one.place,))
