"""Do selectors pick the pods that they are meant for, and do ports lead on to who listens?"""

from __future__ import annotations

from tierline.mesh.clean import clean
from tierline.mesh.k8s import Manifest
from tierline.mesh.k8s_value import number, word
from tierline.mesh.node import MapNode, Node, Scalar
from tierline.readiness.manifests import scalars
from tierline.readiness.manifests.deployed import Box, Deployed, Pods, entries, inner, titled, words
from tierline.readiness.manifests.listening import ports_of, where_said
from tierline.readiness.manifests.selectors import asked, has_all, selects, shown_labels

_WITHOUT_SELECTOR = frozenset({"Job", "CronJob", "Pod"})
_LIKE_APP = ("app.kubernetes.io/name", "app", "k8s-app", "name")


def judge_workloads(deployed: Deployed) -> None:
    """Selectors of controllers and Services, volumes, and ports down to the configuration."""
    if not deployed.pods and deployed.read.objects:
        first = deployed.read.objects[0]
        folder = first.path.rpartition("/")[0]
        message = f"nothing in {folder} runs a pod"
        deployed.tell("no-workload", message, first.path, first.node)
    for pods in deployed.pods:
        _own_pods(pods, deployed)
        _volumes(pods, deployed)
    _shared(deployed)
    for service in deployed.of("Service"):
        _service(service, deployed)
    _listeners(deployed)


def _own_pods(pods: Pods, deployed: Deployed) -> None:
    """A controller's selector has to fit the labels that it gives its own pods."""
    if pods.controller.kind in _WITHOUT_SELECTOR or pods.selector is None:
        return
    selector = pods.selector
    if not selector.fields:
        message = f"{pods.name}: an empty selector"
        deployed.tell("selector", message, pods.manifest.path, selector, "select its own labels")
    elif not selects(selector, pods.labels):
        wanted = asked(selector)
        message = f"{pods.name} selects {wanted}, and its pods have {shown_labels(pods.labels)}"
        fix = "give the pods' template these labels" + _other_key(selector, pods)
        deployed.tell("selector", message, pods.manifest.path, selector, fix)


def _other_key(selector: MapNode, pods: Pods) -> str:
    """The usual slip: one manifest says `app`, another `app.kubernetes.io/name`."""
    wanted = words(inner(selector, "matchLabels")) or words(selector)
    for key, value in wanted.items():
        for other in _LIKE_APP if key in _LIKE_APP else ():
            if key != other and pods.labels.get(other) == value:
                return f": {key} there, {other} here"
    return ""


def _shared(deployed: Deployed) -> None:
    for one in deployed.pods:
        for other in deployed.pods:
            ready = one is not other and one.selector is not None and one.selector.fields
            if ready and one.selector and selects(one.selector, other.labels):
                if other.controller.kind in {"Job", "CronJob", "Pod"}:
                    continue
                message = f"{one.name} also selects the pods of {other.name}: {asked(one.selector)}"
                deployed.tell("shared-pods", message, one.manifest.path, one.selector)


def _service(service: Manifest, deployed: Deployed) -> None:
    spec = inner(service.node, "spec")
    if spec is None or word(spec, "type") == "ExternalName":
        return
    selector = inner(spec, "selector")
    if selector is None or not selector.fields:
        message = f"{titled(service)} selects no pods, so its endpoints must come from elsewhere"
        deployed.tell(
            "service-selector", message, service.path, spec, "select the pods of a workload"
        )
        return
    wanted = words(selector)
    chosen = [pods for pods in deployed.pods if has_all(wanted, pods.labels)]
    if not chosen:
        near = _nearest(selector, deployed)
        message = (
            f"{titled(service)} selects {shown_labels(wanted)}, and no pods here have that{near}"
        )
        deployed.tell("service-selector", message, service.path, selector)
    for port in entries(spec, "ports"):
        for pods in chosen:
            _target_port(service, port, pods, deployed)


def _nearest(selector: MapNode, deployed: Deployed) -> str:
    for pods in deployed.pods:
        if other := _other_key(selector, pods):
            return other.replace(" here", f" on {pods.name}").replace(" there", " in the selector")
    only = deployed.pods[0] if len(deployed.pods) == 1 else None
    return f": {only.name} has {shown_labels(only.labels)}" if only else ""


def _target_port(service: Manifest, port: MapNode, pods: Pods, deployed: Deployed) -> None:
    """A name has to be one of a container's ports; a number has to be one that somebody serves."""
    target = port.value("targetPort") or port.value("port")
    if not isinstance(target, Scalar) or target.empty:
        return
    own = clean(word(port, "name") or word(port, "port"))
    listed = [(one, box) for box in pods.staying for one in entries(box.node, "ports")]
    is_number = scalars.read_as(target) == scalars.INTEGER
    if is_number:
        wanted = number(target)
        declared = any(number(one.value("containerPort")) == wanted for one, _ in listed)
        known = [ports_of(box, deployed) for box in pods.staying]
        if declared or any(one is None or wanted in one.numbers for one in known):
            return
        told = ", ".join(sorted({word(one, "containerPort") for one, _ in listed})) or "none"
        message = f"{titled(service)}: port {own} leads to {clean(target.text)}, and the ports of {pods.name} are {clean(told)}"  # fmt: skip
    elif any(word(one, "name") == target.text for one, _ in listed):
        return
    else:
        told = ", ".join(word(one, "name") for one, _ in listed if word(one, "name")) or "none"
        message = f"{titled(service)}: port {own} leads to {clean(target.text)}, and the named ports of {pods.name} are {clean(told)}"  # fmt: skip
    deployed.tell("target-port", message, service.path, target)


def _listeners(deployed: Deployed) -> None:
    """Container ports of the service itself have to be those that it is configured to listen on."""
    for pods in deployed.pods:
        for box in pods.staying:
            if len(pods.staying) == 1 or box.read.name in deployed.workloads:
                _listener(pods, box, deployed)


def _listener(pods: Pods, box: Box, deployed: Deployed) -> None:
    known = ports_of(box, deployed)
    if known is None or not known.numbers:
        return
    for port in entries(box.node, "ports"):
        node: Node | None = port.value("containerPort")
        found, name = number(node), word(port, "name")
        if found is None or node is None or found in known.numbers:
            continue
        if name in {"", *known.named} and word(port, "protocol") != "UDP":
            told = where_said(known)
            message = f"{pods.name}, container {box.read.name or '?'}: port {found}, and the service listens on {told}"  # fmt: skip
            deployed.tell("port-differs", message, box.path, node)


def _volumes(pods: Pods, deployed: Deployed) -> None:
    declared = {word(one, "name") for one in entries(pods.spec, "volumes")}
    declared |= {
        word(inner(one, "metadata"), "name")
        for one in entries(inner(pods.manifest.node, "spec"), "volumeClaimTemplates")
    }
    for box in pods.boxes:
        for mount in entries(box.node, "volumeMounts"):
            name = word(mount, "name")
            if name and name not in declared:
                told = ", ".join(sorted(filter(None, declared))) or "none"
                message = f"{pods.name}, container {box.read.name or '?'}: no volume {clean(name)}; there are {clean(told)}"  # fmt: skip
                deployed.tell("unknown-volume", message, box.path, mount.value("name") or mount)
