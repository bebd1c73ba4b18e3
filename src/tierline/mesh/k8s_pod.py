"""Reads what a pod runs: containers with image, ports, probes, resources, variables by name."""

from __future__ import annotations

from collections.abc import Iterator

from tierline.mesh.clean import clean
from tierline.mesh.k8s_model import Container, NamedPort, Probe, Reference, Variable
from tierline.mesh.k8s_value import child, children, number, word
from tierline.mesh.node import ListNode, MapNode, Scalar
from tierline.mesh.redact import shown_image, shown_path
from tierline.mesh.source import Source

PROBES = ("liveness", "readiness", "startup")
TIMINGS = (
    "initialDelaySeconds",
    "periodSeconds",
    "timeoutSeconds",
    "successThreshold",
    "failureThreshold",
)
_SHORT = 80


def read_pod(pod: MapNode, source: Source) -> tuple[Container, ...]:
    """The containers of a pod or of a pod's template, those that run before them last."""
    spec = child(pod, "spec", source)
    if spec is None:
        source.defect("missing-key", "no `spec` of the pod", pod, "say what it runs")
        return ()
    mounted = tuple(_mounted(spec, source))
    usual = [_container(one, mounted, source) for one in children(spec, "containers", source)]
    if not usual:
        source.defect("missing-key", "no `containers`", spec, "say what the pod runs")
    before = children(spec, "initContainers", source)
    return (*usual, *(_container(one, (), source, init=True) for one in before))


def _container(
    node: MapNode, mounted: tuple[Reference, ...], source: Source, *, init: bool = False
) -> Container:
    image = node.value("image")
    whole = isinstance(image, Scalar) and not image.empty
    resources = child(node, "resources", source)
    probes = (_probe(node, kind, source) for kind in PROBES)
    ports = (
        NamedPort(
            clean(word(one, "name"), _SHORT),
            number(one.value("containerPort")) or 0,
            source.place(one),
        )
        for one in children(node, "ports", source)
    )
    return Container(
        name=clean(word(node, "name"), _SHORT),
        image=shown_image(image.text) if isinstance(image, Scalar) and whole else None,
        place=source.place(node),
        image_place=source.place(node if image is None else image),
        ports=tuple(ports),
        probes=tuple(probe for probe in probes if probe is not None),
        requests=_quantities(child(resources, "requests", source)),
        limits=_quantities(child(resources, "limits", source)),
        variables=tuple(_variables(node, source)),
        references=(*_whole_sources(node, source), *mounted),
        init=init,
    )


def _quantities(node: MapNode | None) -> dict[str, str]:
    if node is None:
        return {}
    fields = node.fields.items()
    return {
        clean(key, 40): clean(field.value.text, 40)
        for key, field in fields
        if isinstance(field.value, Scalar) and not field.value.empty
    }


def _probe(container: MapNode, kind: str, source: Source) -> Probe | None:
    node = child(container, f"{kind}Probe", source)
    if node is None:
        return None
    how, path, port, command = "unknown", "", "", ""
    for key, name in (("httpGet", "http"), ("tcpSocket", "tcp"), ("grpc", "grpc")):
        action = child(node, key, source)
        if action is not None:
            how = name
            path = shown_path(word(action, "path")) if name == "http" else ""
            port = clean(word(action, "port"), 40)
    execute = child(node, "exec", source)
    if execute is not None:
        words = execute.value("command")
        first = words.items[0] if isinstance(words, ListNode) and words.items else None
        how, command = "exec", clean(first.text, _SHORT) if isinstance(first, Scalar) else ""
    if how == "unknown":
        source.defect(
            "value", f"`{kind}Probe` asks nothing", node, "give it httpGet, tcpSocket, grpc or exec"
        )
    found = {key: value for key in TIMINGS if (value := number(node.value(key))) is not None}
    return Probe(kind, how, path, port, found, source.place(node), command)


def _variables(container: MapNode, source: Source) -> Iterator[Variable]:
    for one in children(container, "env", source):
        name = word(one, "name")
        given = child(one, "valueFrom", source)
        kind = "value"
        for key, told in (("configMapKeyRef", "configmap"), ("secretKeyRef", "secret")):
            reference = child(given, key, source)
            if reference is not None:
                kind = f"{told} {clean(word(reference, 'name'), _SHORT)}"
        if given is not None and kind == "value":
            kind = "field"
        port = number(one.value("value"), quoted=True) if name.endswith("_PORT") else None
        yield Variable(clean(name, _SHORT), kind, source.place(one), port)


def _whole_sources(container: MapNode, source: Source) -> Iterator[Reference]:
    for one in children(container, "envFrom", source):
        for key, kind in (("configMapRef", "configmap"), ("secretRef", "secret")):
            reference = child(one, key, source)
            if reference is not None:
                yield Reference(kind, clean(word(reference, "name"), _SHORT), source.place(one))


def _mounted(spec: MapNode, source: Source) -> Iterator[Reference]:
    for volume in children(spec, "volumes", source):
        for key, kind, name in (("configMap", "configmap", "name"), ("secret", "secret", "secretName")):  # fmt: skip
            found = child(volume, key, source)
            if found is not None:
                yield Reference(
                    kind, clean(word(found, name), _SHORT), source.place(volume), mounted=True
                )
