"""Paths that probes ask and that a service's own files do not show to be served."""

from __future__ import annotations

from collections.abc import Iterator

from tierline.mesh.clean import clean
from tierline.mesh.defect import Place
from tierline.mesh.k8s_model import NamedPort, Probe
from tierline.mesh.k8s_value import word
from tierline.mesh.node import MapNode, Scalar
from tierline.readiness.compose.composition import AskedPath
from tierline.readiness.facts import ServiceFacts
from tierline.readiness.manifests.deployed import SHORT_LIVED, Box, Deployed, Pods, inner
from tierline.readiness.manifests.reading import manifests_of
from tierline.readiness.manifests.served import CONVENTION, has_code, is_served

_HTTP = "http"


def asked_of(facts: ServiceFacts) -> tuple[AskedPath, ...]:
    """Those of the service's own containers, in written order; others serve what they serve."""
    read = manifests_of(facts)
    probes = (
        probe
        for controller in read.declared.controllers
        for container in controller.containers
        for probe in container.probes
    )
    if all(probe.how != _HTTP or path_of(probe.path) in CONVENTION for probe in probes):
        return ()
    deployed = Deployed(facts, read)
    found = (
        one
        for pods in deployed.pods
        if pods.controller.kind not in SHORT_LIVED
        for box in pods.staying
        for one in _asked(pods, box, deployed)
    )
    return tuple(found)


def path_of(written: str) -> str:
    """The path that a probe asks; the root where it names none."""
    path = written.partition("?")[0]
    return path if path.startswith("/") else f"/{path}"


def _asked(pods: Pods, box: Box, deployed: Deployed) -> Iterator[AskedPath]:
    if len(pods.staying) > 1 and box.read.name not in deployed.workloads:
        return
    for probe in box.read.probes:
        action = inner(box.node, f"{probe.kind}Probe", "httpGet")
        if action is None or action.value("host") is not None:
            continue
        path = path_of(word(action, "path"))
        if not is_served(path, deployed.facts):
            who = f"{pods.name}, container {box.read.name or '?'}: the {probe.kind} probe"
            place = _place(action, box)
            whole = _at_the_interface(probe, box, deployed)
            yield AskedPath(who, clean(path), place, whole, has_code(deployed.facts))


def _place(action: MapNode, box: Box) -> Place:
    node = action.value("path")
    at = node if isinstance(node, Scalar) and not node.empty else action
    return Place(box.path, at.line, at.column)


def _at_the_interface(probe: Probe, box: Box, deployed: Deployed) -> bool:
    """Whether the port that is asked is the one of which an OpenAPI document speaks."""
    listed: dict[str, NamedPort] = {one.name or str(one.number): one for one in box.read.ports}
    if len(listed) == 1:
        return True
    config = deployed.facts.service.config
    numbers = {one.number for one in (config.ports if config else ()) if one.name == _HTTP}
    asked = listed.get(probe.port)
    number = str(asked.number) if asked else probe.port
    return probe.port == _HTTP or number in {str(one) for one in numbers}
