"""Autoscalers and disruption budgets: do they fit the workload, and does a budget let pods go?"""

from __future__ import annotations

from math import ceil

from tierline.mesh.clean import clean
from tierline.mesh.k8s import Manifest
from tierline.mesh.k8s_model import Autoscaler
from tierline.mesh.k8s_value import number, word
from tierline.mesh.node import MapNode, Node, Scalar
from tierline.readiness.manifests.deployed import Deployed, Pods, entries, inner, titled
from tierline.readiness.manifests.selectors import asked, selects, shown_labels

_RESOURCES = frozenset({"cpu", "memory"})


def judge_scaling(deployed: Deployed) -> None:
    """Every HorizontalPodAutoscaler and PodDisruptionBudget of a service."""
    taken: dict[str, Manifest] = {}
    for manifest in deployed.of("HorizontalPodAutoscaler"):
        _autoscaler(manifest, taken, deployed)
    for manifest in deployed.of("PodDisruptionBudget"):
        _budget(manifest, deployed)


def _autoscaler(manifest: Manifest, taken: dict[str, Manifest], deployed: Deployed) -> None:
    read, spec = manifest.declares, inner(manifest.node, "spec")
    if not isinstance(read, Autoscaler) or spec is None:
        return
    goal = inner(spec, "scaleTargetRef") or spec
    pods = _target(read, deployed)
    if pods is None:
        have = ", ".join(one.name for one in deployed.pods) or "no workload"
        message = (
            f"{titled(manifest)} scales {read.target or 'nothing'}, and there is {clean(have)}"
        )
        deployed.tell("autoscaler-target", message, manifest.path, goal)
        return
    if read.target in taken:
        first = taken[read.target]
        message = f"{titled(manifest)}: {titled(first)} scales {read.target} already"
        deployed.tell("autoscaler-target", message, manifest.path, goal, "keep one of the two")
    taken.setdefault(read.target, manifest)
    least = 1 if read.minimum is None else read.minimum
    if read.maximum is not None and least > read.maximum:
        message = f"{titled(manifest)}: minReplicas {least} is more than maxReplicas {read.maximum}"
        at = spec.value("minReplicas") or spec.value("maxReplicas") or spec
        deployed.tell("autoscaler-range", message, manifest.path, at)
    _fixed_replicas(manifest, read, pods, deployed)
    _measured(manifest, spec, pods, deployed)


def _target(read: Autoscaler, deployed: Deployed) -> Pods | None:
    for pods in deployed.pods:
        if f"{pods.controller.kind}/{pods.controller.name}" == read.target:
            return pods
    return None


def _fixed_replicas(manifest: Manifest, read: Autoscaler, pods: Pods, deployed: Deployed) -> None:
    replicas = pods.controller.replicas
    node = inner(pods.manifest.node, "spec")
    if replicas is not None and node is not None:
        told = f"{read.minimum or 1} to {read.maximum or '?'}"
        message = f"{pods.name} asks for {replicas} replicas, and {titled(manifest)} for {told}"
        at = node.value("replicas") or node
        deployed.tell("replicas-and-autoscaler", message, pods.manifest.path, at)


def _measured(manifest: Manifest, spec: MapNode, pods: Pods, deployed: Deployed) -> None:
    """A share of the request can only be measured where every container has that request."""
    shares: list[tuple[str, MapNode]] = [
        (word(resource, "name"), resource)
        for one in entries(spec, "metrics")
        if (resource := inner(one, "resource")) is not None
        and word(inner(resource, "target"), "type") == "Utilization"
    ]
    if spec.value("targetCPUUtilizationPercentage") is not None:
        shares.append(("cpu", spec))
    for name, at in shares:
        lacking = [
            box.read.name or "?"
            for box in pods.staying
            if name in _RESOURCES and not {name} & {*box.read.requests, *box.read.limits}
        ]
        if lacking:
            message = f"{titled(manifest)} goes by a share of requested {name}, and container {clean(', '.join(lacking))} requests none"  # fmt: skip
            deployed.tell("autoscaler-request", message, manifest.path, at)


def _budget(manifest: Manifest, deployed: Deployed) -> None:
    spec = inner(manifest.node, "spec")
    if spec is None:
        return
    selector = inner(spec, "selector")
    chosen = [pods for pods in deployed.pods if selector and selects(selector, pods.labels)]
    if not chosen:
        wanted = asked(selector) if selector else "nothing"
        only = deployed.pods[0] if len(deployed.pods) == 1 else None
        have = f": {only.name} has {shown_labels(only.labels)}" if only else ""
        message = f"{titled(manifest)} selects {wanted}, and no pods here have that{have}"
        deployed.tell("budget-selector", message, manifest.path, selector or spec)
        return
    least, most = spec.value("minAvailable"), spec.value("maxUnavailable")
    if _given(least) and _given(most):
        message = f"{titled(manifest)} has both minAvailable and maxUnavailable"
        deployed.tell("value", message, manifest.path, most or spec, "keep one of the two")
        return
    counts = [_fewest(pods, deployed) for pods in chosen]
    if any(count is None for count in counts):
        return
    pods_count = sum(count for count in counts if count is not None)
    if _given(most) and _absolute(most, pods_count) == 0:
        message = f"{titled(manifest)}: maxUnavailable {_text(most)} lets no pod go"
        deployed.tell("budget-blocks", message, manifest.path, most or spec)
    needed = _absolute(least, pods_count) if _given(least) else None
    if needed is not None and needed >= pods_count > 0:
        told = f"{pods_count} pod" if pods_count == 1 else f"{pods_count} pods"
        message = f"{titled(manifest)}: minAvailable {_text(least)} of {told} lets no pod go"
        deployed.tell("budget-blocks", message, manifest.path, least or spec)


def _fewest(pods: Pods, deployed: Deployed) -> int | None:
    """The fewest pods that a workload has by itself; None where that is not known."""
    own = f"{pods.controller.kind}/{pods.controller.name}"
    for manifest in deployed.of("HorizontalPodAutoscaler"):
        read = manifest.declares
        if isinstance(read, Autoscaler) and read.target == own:
            return 1 if read.minimum is None else read.minimum
    if pods.controller.kind not in {"Deployment", "StatefulSet", "ReplicaSet"}:
        return None
    if pods.controller.replicas is not None:
        return pods.controller.replicas
    spec = inner(pods.manifest.node, "spec")
    return 1 if not _given(spec.value("replicas") if spec else None) else None


def _given(node: Node | None) -> bool:
    return isinstance(node, Scalar) and not node.empty


def _absolute(node: Node | None, of: int) -> int | None:
    """A number, or a share rounded up as Kubernetes does; None for anything else."""
    text = _text(node)
    if text.endswith("%") and text[:-1].isascii() and text[:-1].isdigit() and len(text) < 8:
        return ceil(int(text[:-1]) * of / 100)
    return number(node)


def _text(node: Node | None) -> str:
    return clean(node.text, 20) if isinstance(node, Scalar) else ""
