"""Processes as the kernel tells of them; knows not which of them are services.

A process is identified by (boot, pid, start time in clock ticks since boot): pids come again, and
ticks do not move when the wall clock is set. A zombie is dead.
"""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from tierline.frozen import frozen


@frozen
class Process:
    """One line of /proc/PID/stat, as far as it matters here."""

    pid: int
    name: str
    state: str
    parent: int
    session: int
    started: int

    @property
    def dead(self) -> bool:
        return self.state in "ZXx"


@cache
def boot_id() -> str:
    """Identity of this boot of this machine."""
    return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()


def look(pid: int) -> Process | None:
    """The process with this pid, a zombie included; None where there is none."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:  # noqa: PTH123 - read thousands of times a second
            line = file.read()
    except OSError:
        return None
    before, _, after = line.rpartition(b")")
    values = after.split()
    return Process(
        pid=pid,
        name=before.partition(b"(")[2].decode(errors="replace"),
        state=values[0].decode(),
        parent=int(values[1]),
        session=int(values[3]),
        started=int(values[19]),
    )


def lives(pid: int, started: int) -> bool:
    """Whether just this process still runs."""
    found = look(pid)
    return found is not None and found.started == started and not found.dead


def everyone() -> Mapping[int, Process]:
    """All living processes that we can see, by pid."""
    found = (look(int(name)) for name in os.listdir("/proc") if name.isdigit())  # noqa: PTH208 - names suffice
    return {process.pid: process for process in found if process and not process.dead}


def members(pid: int, started: int, world: Mapping[int, Process]) -> frozenset[int]:
    """The session that this process leads, and all descendants of its members.

    Those who left the session by `setsid` count as long as their parents live. If the pid belongs
    to a younger process by now, the old session is empty: the kernel gives no pid out again while
    a session is named by it.
    """
    leader = world.get(pid)
    if leader is not None and leader.started != started:
        return frozenset()
    children: dict[int, list[int]] = {}
    for process in world.values():
        children.setdefault(process.parent, []).append(process.pid)
    found = set[int]()
    left = [p.pid for p in world.values() if p.session == pid]
    while left:
        one = left.pop()
        if one not in found:
            found.add(one)
            left.extend(children.get(one, ()))
    return frozenset(found)


def holders_of(path: Path, world: Iterable[int]) -> frozenset[int]:
    """Those of the processes that hold this file open."""
    try:
        wanted = path.stat()
    except OSError:
        return frozenset()
    found = set[int]()
    for pid in world:
        with contextlib.suppress(OSError), os.scandir(f"/proc/{pid}/fd") as descriptors:
            for descriptor in descriptors:
                with contextlib.suppress(OSError):
                    held = descriptor.stat()
                    if (held.st_dev, held.st_ino) == (wanted.st_dev, wanted.st_ino):
                        found.add(pid)
                        break
    return frozenset(found)


def send(process: Process, number: signal.Signals) -> None:
    """Signal just this process, never another one that has got its pid since."""
    with contextlib.suppress(OSError):
        descriptor = os.pidfd_open(process.pid)
        try:
            if lives(process.pid, process.started):
                signal.pidfd_send_signal(descriptor, number)
        finally:
            os.close(descriptor)


def command_of(pid: int) -> str:
    """What the process was started as, at most 200 characters; "" if we may not know."""
    try:
        raw = Path(f"/proc/{pid}/cmdline").read_bytes()[:1000]
    except OSError:
        return ""
    return raw.replace(b"\0", b" ").decode(errors="replace").strip()[:200]
