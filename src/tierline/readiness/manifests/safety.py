"""Privileges of pods, by the Pod Security Standards of Kubernetes: baseline, then restricted.

What baseline forbids is a finding each; what restricted asks for and is left out is one finding a
container.
"""

from __future__ import annotations

from collections.abc import Iterator

from tierline.mesh.clean import clean
from tierline.mesh.k8s_value import number, word
from tierline.mesh.node import MapNode, Node, Scalar
from tierline.readiness.manifests.deployed import Box, Deployed, Pods, entries, inner, texts
from tierline.readiness.manifests.running import told
from tierline.readiness.manifests.scalars import is_false, is_true

_BASELINE = frozenset({
    "AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD",
    "NET_BIND_SERVICE", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
})  # fmt: skip
"""capabilities that a container may add"""
_HOST = {
    "hostNetwork": "the node's network",
    "hostPID": "the node's processes",
    "hostIPC": "the node's shared memory",
}
_SECCOMP = frozenset({"RuntimeDefault", "Localhost"})


def judge_safety(deployed: Deployed) -> None:
    """Every pod and every container of a service."""
    for pods in deployed.pods:
        if pods.spec is None:
            continue
        for message, at in _of_pod(pods.spec):
            deployed.tell("privileged", f"{pods.name} {message}", pods.manifest.path, at)
        own = inner(pods.spec, "securityContext")
        for box in pods.boxes:
            for message, at in _of_box(box):
                deployed.tell("privileged", f"{told(pods, box)} {message}", box.path, at)
            _restricted(pods, box, own, deployed)


def _of_pod(spec: MapNode) -> Iterator[tuple[str, Node]]:
    for key, what in _HOST.items():
        value = spec.value(key)
        if value is not None and is_true(value):
            yield f"shares {what} ({key})", value
    for volume in entries(spec, "volumes"):
        path = volume.value("hostPath")
        if path is not None:
            name = clean(word(volume, "name") or "?")
            yield f"mounts a folder of the node (hostPath, volume {name})", path
    yield from _of_context(inner(spec, "securityContext"))


def _of_box(box: Box) -> Iterator[tuple[str, Node]]:
    context = inner(box.node, "securityContext")
    for key in ("privileged", "allowPrivilegeEscalation"):
        value = context.value(key) if context else None
        if value is not None and is_true(value):
            yield (
                f"may do everything on its node ({key})"
                if key == "privileged"
                else (f"may gain rights while it runs ({key})"),
                value,
            )
    for added in texts(inner(context, "capabilities"), "add"):
        if added.text.upper().removeprefix("CAP_") not in _BASELINE:
            yield f"adds the capability {clean(added.text, 40)}", added
    mount = context.value("procMount") if context else None
    if isinstance(mount, Scalar) and mount.text == "Unmasked":
        yield "sees all of /proc (procMount)", mount
    yield from _of_context(context)
    for port in entries(box.node, "ports"):
        host = port.value("hostPort")
        if host is not None and number(host):
            yield f"takes port {number(host)} of its node (hostPort)", host


def _of_context(context: MapNode | None) -> Iterator[tuple[str, Node]]:
    if context is None:
        return
    user = context.value("runAsUser")
    if user is not None and number(user) == 0:
        yield "runs as root (runAsUser: 0)", user
    other = context.value("runAsNonRoot")
    if other is not None and is_false(other):
        yield "may run as root (runAsNonRoot: false)", other
    for key in ("seccompProfile", "appArmorProfile"):
        profile = inner(context, key)
        kind = profile.value("type") if profile else None
        if isinstance(kind, Scalar) and kind.text == "Unconfined":
            yield f"is unconfined ({key})", kind
    host_process = inner(context, "windowsOptions")
    value = host_process.value("hostProcess") if host_process else None
    if value is not None and is_true(value):
        yield "runs on its node itself (hostProcess)", value


def _restricted(pods: Pods, box: Box, own: MapNode | None, deployed: Deployed) -> None:
    context = inner(box.node, "securityContext")
    lacking = list(_left_out(context, own))
    if lacking:
        message = f"{told(pods, box)}: no {', no '.join(lacking)}"
        deployed.tell("not-restricted", message, box.path, context or box.node)


def _left_out(context: MapNode | None, own: MapNode | None) -> Iterator[str]:
    """What restricted asks for; a value that says the opposite is told as a privilege already."""
    if _of_either("runAsNonRoot", context, own) is None:
        yield "runAsNonRoot: true"
    if context is None or context.value("allowPrivilegeEscalation") is None:
        yield "allowPrivilegeEscalation: false"
    dropped = {one.text.upper() for one in texts(inner(context, "capabilities"), "drop")}
    if "ALL" not in dropped:
        yield "capabilities.drop: [ALL]"
    profile = inner(context, "seccompProfile") or inner(own, "seccompProfile")
    if word(profile, "type") not in _SECCOMP | {"Unconfined"}:
        yield "seccompProfile.type: RuntimeDefault"


def _of_either(key: str, context: MapNode | None, own: MapNode | None) -> Node | None:
    """A field of the container, else of the pod."""
    found = context.value(key) if context else None
    return found if found is not None or own is None else own.value(key)
