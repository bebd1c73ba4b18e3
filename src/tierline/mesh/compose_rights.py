"""Names what a service of a Compose file may do to its host; whether it may is policy."""

from __future__ import annotations

from collections.abc import Iterator

from tierline.mesh.node import ListNode, MapNode, Node, Scalar

_SHARED = {
    "network_mode": "the network",
    "pid": "the processes",
    "ipc": "the memory",
    "uts": "the host name",
    "userns_mode": "the users",
    "cgroup": "the control groups",
}
"""key -> what of the host a service shares with `host`"""
_LISTS = {
    "cap_add": "capability",
    "devices": "device",
    "device_cgroup_rules": "rule for devices",
}
_LOOSE = ("unconfined", "label:disable", "label=disable", "no-new-privileges:false")
_ON = frozenset({"true", "yes", "y", "on", "1", "t"})
_SOCKETS = ("docker.sock", "containerd.sock", "podman.sock", "crio.sock")


def rights_of(node: MapNode) -> Iterator[tuple[str, Node]]:
    """(what, where) of everything that goes beyond an ordinary container."""
    for key, value in ((name, one.value) for name, one in node.fields.items()):
        text = value.text if isinstance(value, Scalar) else ""
        if key in {"privileged", "use_api_socket"} and _is_on(text):
            yield (
                ("all rights (privileged)" if key == "privileged" else "the engine's socket"),
                value,
            )
        elif key in _SHARED and (text == "host" or text.startswith("container:") or "$" in text):
            yield (
                f"{_SHARED[key]} of {'another container' if text.startswith('container:') else 'the host'}",
                value,
            )
        elif key == "provider":
            yield "a program of the host (provider)", value
        elif key in _LISTS and isinstance(value, ListNode):
            yield from ((f"{_LISTS[key]} {_shown(item)}", item) for item in value.items)
        elif key == "security_opt" and isinstance(value, ListNode):
            yield from (
                (f"security_opt {_shown(item)}", item)
                for item in value.items
                if any(loose in _shown(item) for loose in _LOOSE)
            )
        elif key == "volumes" and isinstance(value, ListNode):
            yield from (("the engine's socket", one) for one in value.items if _is_socket(one))
        elif key == "build" and isinstance(value, MapNode):
            yield from _of_build(value)


def _is_on(text: str) -> bool:
    """Whether Compose takes it for true, or may once its variables are filled in."""
    return text.lower() in _ON or "$" in text


def _of_build(build: MapNode) -> Iterator[tuple[str, Node]]:
    privileged = build.value("privileged")
    if isinstance(privileged, Scalar) and _is_on(privileged.text):
        yield "all rights while it is built (privileged)", privileged
    granted = build.value("entitlements")
    for item in granted.items if isinstance(granted, ListNode) else ():
        yield f"entitlement {_shown(item)}", item


def _shown(item: Node) -> str:
    value = item.value("source") if isinstance(item, MapNode) else item
    return value.text if isinstance(value, Scalar) else ""


def _is_socket(item: Node) -> bool:
    return _shown(item).partition(":")[0].endswith(_SOCKETS)
