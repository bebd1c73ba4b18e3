"""Would a workload run well: probes, resources, images."""

from __future__ import annotations

from decimal import Decimal

from tierline.mesh.clean import clean
from tierline.mesh.image import full_name, is_from, pin_of
from tierline.mesh.k8s_model import Probe
from tierline.mesh.k8s_value import word
from tierline.mesh.node import MapNode, Scalar
from tierline.readiness.manifests.conform import QUANTITY
from tierline.readiness.manifests.deployed import SHORT_LIVED, Box, Deployed, Pods, entries, inner
from tierline.regex import regex

_READINESS = regex(r"/(?:[a-z0-9_-]+/)*(?:readyz?|readiness)")
_UNITS = {"": 0, "n": -9, "u": -6, "m": -3, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_BINARY = {"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60}
_AMOUNT = regex(r"([+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?)([A-Za-z]{0,2})")


def judge_running(deployed: Deployed) -> None:
    """Every container of every workload."""
    for pods in deployed.pods:
        for box in pods.boxes:
            _image(pods, box, deployed)
            _resources(pods, box, deployed)
        if pods.controller.kind not in SHORT_LIVED:
            for box in pods.staying:
                _probes(pods, box, deployed)


def told(pods: Pods, box: Box) -> str:
    """`Deployment profile, container api`, as messages say it."""
    return f"{pods.name}, container {box.read.name or '?'}"


def _image(pods: Pods, box: Box, deployed: Deployed) -> None:
    node = box.node.value("image")
    at = node if isinstance(node, Scalar) and not node.empty else box.node
    reference = box.read.image or ""
    pin = pin_of(reference)
    if pin == "none":
        fact = "names an image that is none" if reference else "names no image"
        deployed.tell("no-image", f"{told(pods, box)} {fact}", box.path, at)
        return
    if pin not in {"digest", "version"}:
        fact = {"moving": "a tag that moves", "variable": "a tag that a variable decides"}[pin]
        if "@" not in reference and ":" not in reference.rpartition("/")[2]:
            fact = "no tag, which means latest"
        message = f"{told(pods, box)}: {clean(reference)} has {fact}"
        deployed.tell("moving-image", message, box.path, at)
    registries = deployed.cluster.registries
    if registries and not any(is_from(reference, one) for one in registries):
        message = f"{told(pods, box)}: {clean(full_name(reference))} is not from {clean(', '.join(registries))}"  # fmt: skip
        deployed.tell("foreign-registry", message, box.path, at)


def _resources(pods: Pods, box: Box, deployed: Deployed) -> None:
    requests, limits = box.read.requests, box.read.limits
    lacking = [f"{name} request" for name in ("cpu", "memory") if not {name} & {*requests, *limits}]
    lacking += ["memory limit"] if "memory" not in limits else []
    node = inner(box.node, "resources")
    if lacking:
        message = f"{told(pods, box)}: no {', no '.join(lacking)}"
        deployed.tell("no-resources", message, box.path, node or box.node)
    for name, asked in requests.items():
        most = limits.get(name)
        asked_node = inner(node, "requests")
        at = asked_node.value(name) if asked_node else None
        one, other = amount(asked), amount(most or "")
        if one is not None and other is not None and one > other:
            message = f"{told(pods, box)}: requests {clean(asked)} of {clean(name)}, and its limit is {clean(most or '')}"  # fmt: skip
            deployed.tell("request-above-limit", message, box.path, at or box.node)


def amount(text: str) -> Decimal | None:
    """The value of a quantity; None for what is none."""
    match = _AMOUNT.fullmatch(text) if QUANTITY.fullmatch(text) else None
    if match is None:
        return None
    value, unit = Decimal(match[1]), match[2]
    if unit in _BINARY:
        return value * (1 << _BINARY[unit])
    return value.scaleb(_UNITS[unit]) if unit in _UNITS else None


def _probes(pods: Pods, box: Box, deployed: Deployed) -> None:
    found = {probe.kind: probe for probe in box.read.probes}
    wanted = ["readiness", "liveness"] if _is_asked(pods, deployed) else ["liveness"]
    if len(pods.staying) > 1 and not entries(box.node, "ports"):
        wanted = []
    lacking = [kind for kind in wanted if kind not in found]
    if lacking:
        message = f"{told(pods, box)}: no {' and no '.join(lacking)} probe"
        deployed.tell("no-probe", message, box.path, box.node)
    for probe in found.values():
        node = inner(box.node, f"{probe.kind}Probe")
        if node is not None:
            _probe(pods, box, probe, node, deployed)


def _is_asked(pods: Pods, deployed: Deployed) -> bool:
    """Whether a Service sends requests to these pods."""
    selectors = (inner(one.node, "spec", "selector") for one in deployed.of("Service"))
    return any(
        selector is not None
        and selector.fields
        and all(pods.labels.get(key) == word(selector, key) for key in selector.fields)
        for selector in selectors
    )


def _probe(pods: Pods, box: Box, probe: Probe, node: MapNode, deployed: Deployed) -> None:
    subject = f"{told(pods, box)}: the {probe.kind} probe"
    ways = [key for key in ("httpGet", "tcpSocket", "grpc", "exec") if node.value(key) is not None]
    if len(ways) != 1:
        fact = "asks nothing" if not ways else f"asks in {len(ways)} ways"
        fix = "give it one of httpGet, tcpSocket, grpc and exec"
        deployed.tell("value", f"{subject} {fact}", box.path, node, fix)
        return
    if probe.kind != "readiness" and probe.timings.get("successThreshold", 1) != 1:
        at = node.value("successThreshold") or node
        deployed.tell("value", f"{subject} needs successThreshold 1", box.path, at, "leave it out")
    action = inner(node, ways[0])
    if probe.port and action is not None:
        _probe_port(subject, box, probe, action, deployed)
    if probe.how == "http" and action is not None:
        _probe_path(subject, box, probe, action, deployed)


def _probe_port(subject: str, box: Box, probe: Probe, action: MapNode, deployed: Deployed) -> None:
    ports = {one.name: one.number for one in box.read.ports if one.name}
    numbers = {one.number for one in box.read.ports}
    at = action.value("port") or action
    if probe.port.isdigit():
        if numbers and int(probe.port) not in numbers:
            have = ", ".join(str(one) for one in sorted(numbers))
            message = f"{subject} asks port {probe.port}, and the container's are {have}"
            deployed.tell("probe-port", message, box.path, at)
        name = next((one.name for one in box.read.ports if str(one.number) == probe.port), "")
    else:
        name = probe.port
        if name not in ports:
            have = ", ".join(ports) or "none"
            message = (
                f"{subject} asks port {name}, and the container's named ports are {clean(have)}"
            )
            deployed.tell("probe-port", message, box.path, at)
    if name == "grpc" and probe.how == "http":
        message = f"{subject} asks the port of gRPC by HTTP"
        deployed.tell("probe-port", message, box.path, at)


def _probe_path(subject: str, box: Box, probe: Probe, action: MapNode, deployed: Deployed) -> None:
    path = (word(action, "path") or "/").partition("?")[0]
    at = action.value("path") or action
    if probe.kind != "readiness" and _READINESS.fullmatch(path):
        message = f"{subject} asks {clean(path)}, which also asks the service's owners"
        deployed.tell("liveness-asks-owners", message, box.path, at)
