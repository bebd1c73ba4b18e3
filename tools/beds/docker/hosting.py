"""Whether this machine can host a Docker engine, asked of the machine; nothing is left changed."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

_PROGRAMS = {
    "dockerd": "docker.io",
    "docker-proxy": "docker.io",
    "docker": "docker.io",
    "containerd": "containerd",
    "runc": "runc",
    "ip": "iproute2",
    "apt-get": "apt",
    "dpkg-deb": "dpkg",
}
"""programs that an engine and its images need, with their Debian packages"""
_TRIED = "tierline-try"


def missing() -> list[str]:
    """What this machine lacks, each with what would help; empty where an engine can be."""
    if os.geteuid() != 0:
        return ["not root: networks, mounts and control groups are made"]
    path = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
    lacks = [
        f"no {program}: install {package}"
        for program, package in _PROGRAMS.items()
        if shutil.which(program, path=path) is None
    ]
    groups = Path("/sys/fs/cgroup")
    if not groups.is_dir() or not any(groups.iterdir()):
        lacks.append("no control groups: none is mounted below /sys/fs/cgroup")
    if not lacks and not _makes_bridges():
        lacks.append("bridges may not be made here (CAP_NET_ADMIN)")
    return lacks


def _makes_bridges() -> bool:
    made = subprocess.run(
        ["ip", "link", "add", _TRIED, "type", "bridge"], capture_output=True, check=False
    )
    subprocess.run(["ip", "link", "delete", _TRIED], capture_output=True, check=False)
    return made.returncode == 0 or b"exists" in made.stderr
