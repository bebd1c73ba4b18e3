"""Whether this machine can host a node, asked of the machine itself; nothing is left changed."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator

from beds.kube import cgroups
from beds.kube.node import CNI

_PROGRAMS = {
    "runc": "runc",
    "iptables": "iptables",
    "conntrack": "conntrack",
    "ip": "iproute2",
    "nsenter": "util-linux",
    "unshare": "util-linux",
    "mount": "mount",
}
"""programs that a node needs, with their Debian packages"""
_TRY = "mount -t tmpfs tmpfs /run && ip link add name try0 type veth peer name try1 && iptables -t nat -S"
_NEEDED = ("memory", "cpu", "pids")


def missing_for_node() -> list[str]:
    """What this machine lacks, each with what would help; empty where a node can be."""
    if os.geteuid() != 0:
        return ["not root: networks, mounts and control groups are made"]
    return [*_missing_programs(), *_missing_groups()] or [*_missing_rights()]


def _missing_programs() -> Iterator[str]:
    for program, package in _PROGRAMS.items():
        if shutil.which(program, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin") is None:
            yield f"no {program}: install {package}"
    for plugin in ("ptp", "host-local", "portmap", "loopback"):
        if not os.access(CNI / plugin, os.X_OK):
            yield f"no {CNI / plugin}: install containernetworking-plugins"


def _missing_groups() -> Iterator[str]:
    mounted = cgroups.hierarchies()
    if not mounted:
        yield "no control groups: none is mounted below /sys/fs/cgroup"
    for folder in mounted:
        if not os.access(folder, os.W_OK):
            yield f"{folder}: control groups may not be made there"
    known = {name for controllers in mounted.values() for name in controllers}
    for folder, controllers in mounted.items():
        if "unified" in controllers and (folder / "cgroup.controllers").exists():
            known |= set((folder / "cgroup.controllers").read_text().split())
    yield from (f"no control group of {name}" for name in _NEEDED if name not in known)


def _missing_rights() -> Iterator[str]:
    tried = subprocess.run(
        ["unshare", "--net", "--mount", "sh", "-c", _TRY],
        capture_output=True,
        text=True,
        check=False,
    )
    if tried.returncode != 0:
        reason = (tried.stderr.strip().splitlines() or ["no reason given"])[-1]
        yield f"a network and mounts of its own cannot be had: {reason}"
