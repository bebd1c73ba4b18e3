"""What a service of a resolved Compose project asks of the host; policy says what it may have.

The gate `compose` judges files as they are written. Here every variable is filled in and every file
merged, so that what hides behind those is seen, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

RIGHTS, HOST_PATH, LEAVES = "compose/rights", "compose/host-path", "compose/leaves-mesh"
_SHARED = ("network_mode", "pid", "ipc", "uts", "userns_mode", "cgroup")
_GIVEN = (
    "cap_add",
    "devices",
    "device_cgroup_rules",
    "security_opt",
    "sysctls",
    "cgroup_parent",
    "runtime",
    "gpus",
)
_HARMLESS = ("no-new-privileges:true", "no-new-privileges")


def asked(service: Mapping[str, Any], root: Path) -> Iterator[tuple[str, str]]:
    """(code, what it takes) for everything beyond an ordinary container of this mesh."""
    if service.get("privileged"):
        yield RIGHTS, "privileged"
    for key in _SHARED:
        value = str(service.get(key) or "")
        if value == "host" or value.startswith("container:"):
            yield RIGHTS, f"{key}: {value}"
    for key in _GIVEN:
        value: list[str] | dict[str, object] | str = service.get(key) or []
        if [one for one in value if one not in _HARMLESS]:
            yield RIGHTS, key
    for mount in service.get("volumes") or ():
        if mount.get("type") == "bind":
            yield from _bound(str(mount.get("source") or ""), root)
    yield from _building(service.get("build") or {}, root)


def _building(build: Mapping[str, Any], root: Path) -> Iterator[tuple[str, str]]:
    for key in ("context", "dockerfile"):
        yield from _built(str(build.get(key) or ""), str(build.get("context") or ""), root)
    contexts: Mapping[str, object] = build.get("additional_contexts") or {}
    for name, path in contexts.items():
        yield from _built(str(path), "", root, f"additional context {name}")
    if build.get("privileged") or build.get("entitlements") or build.get("network") == "host":
        yield RIGHTS, "a build with the host's rights"
    yield from ((RIGHTS, f"{key} in its build") for key in ("ssh", "secrets") if build.get(key))


def _bound(source: str, root: Path) -> Iterator[tuple[str, str]]:
    if source.endswith(".sock") or source in {
        "/",
        "/var/run",
        "/run",
        "/proc",
        "/sys",
        "/dev",
        "/etc",
    }:
        yield RIGHTS, f"{source} of the host"
    elif not _inside(source, root):
        yield HOST_PATH, f"{source} of the host"


def _built(
    path: str, context: str, root: Path, what: str = "build context"
) -> Iterator[tuple[str, str]]:
    if not path:
        return
    whole = path if path.startswith("/") or "://" in path else f"{context}/{path}"
    if "://" in whole or not _inside(whole, root):
        yield LEAVES, f"{what} {path}"


def _inside(path: str, root: Path) -> bool:
    """Whether a path, links followed, is in the mesh."""
    return Path(path).resolve().is_relative_to(root.resolve())
