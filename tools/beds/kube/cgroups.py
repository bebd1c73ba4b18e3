"""The control groups of a bed's pods, in every hierarchy of this machine; needs root.

Pods do not carry the bed's mark: what runs in its groups is what tells them.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

from beds.failure import BedError

SECONDS = 10.0
_V1_CONTROLLERS = {"cpu", "cpuacct", "cpuset", "memory", "pids"}


def name_of(bed: Path) -> str:
    """The bed's group in each hierarchy, as kubelet calls it."""
    return f"/tierline-{bed.name}"


def hierarchies() -> dict[Path, set[str]]:
    """Where control groups are mounted, and each one's controllers; `unified` for version 2."""
    found: dict[Path, set[str]] = {}
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        before, _, after = line.partition(" - ")
        kind, _, options = after.split(" ", 2)
        if kind in {"cgroup", "cgroup2"}:
            controllers = {"unified"} if kind == "cgroup2" else set(options.split(","))
            found[Path(before.split()[4])] = controllers
    return found


def make(bed: Path) -> str:
    """Make the bed's group in each hierarchy that has controllers."""
    for folder, controllers in hierarchies().items():
        group = folder / name_of(bed)[1:]
        if "unified" in controllers and folder.name == "unified":
            continue  # of a machine whose controllers are all in version 1
        group.mkdir(exist_ok=True)
        if "cpuset" in controllers:
            for file in ("cpuset.cpus", "cpuset.mems"):
                (group / file).write_text((folder / file).read_text())
        if "unified" in controllers:
            with contextlib.suppress(OSError):
                known = (folder / "cgroup.controllers").read_text().split()
                for file in (folder, group):
                    (file / "cgroup.subtree_control").write_text(" ".join(f"+{c}" for c in known))
    return name_of(bed)


def clear(bed: Path) -> None:
    """Kill whatever runs in the bed's groups, and remove them."""
    groups = [folder / name_of(bed)[1:] for folder in hierarchies()]
    until = time.monotonic() + SECONDS
    while members := {pid for group in groups for pid in _members(group)}:
        if time.monotonic() > until:
            raise BedError(f"{name_of(bed)}: {sorted(members)} do not end")
        for pid in members:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.02)
    for group in groups:
        for folder in _deepest_first(group):
            folder.rmdir()


def _members(group: Path) -> Iterator[int]:
    for folder in _deepest_first(group):
        with contextlib.suppress(FileNotFoundError):
            yield from map(int, (folder / "cgroup.procs").read_text().split())


def _deepest_first(group: Path) -> list[Path]:
    if not group.exists():
        return []
    return [Path(folder) for folder, _, _ in os.walk(group, topdown=False)]
