"""Starts one process so that neither its death nor ours leaves a doubt whether it ran.

The child is a shell that waits at a gate (a pipe on descriptor 3) and holds the workload's lock
(descriptor 9). It may pass only after its record is on disk. If we die before, it reads the end of
the pipe and goes away without having run anything; if we die after, lock and record tell our
successor what there is. Passing leaves a mark; without that mark the program never ran.
"""

from __future__ import annotations

import fcntl
import os
import signal
from collections.abc import Callable, Mapping
from pathlib import Path

from tierline.frozen import frozen
from tierline.targets.host import files, process

_GATE = (
    'read -r go <&3 || exit 111; : > "$1" || exit 112; cd -- "$2" || exit 113; unset OLDPWD; shift 2; '
    'exec "$@" 3<&-'
)
_GATE_AT, _LOCK_AT = 3, 9
_FIRST_FREE = 20
"""ours are above the descriptors that the child is given"""
_DEFAULTS = [signal.SIGPIPE, signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT]


class LockBusy(Exception):  # noqa: N818 - a fact about the world, not a mistake
    """Processes of an earlier start still hold the workload's lock."""


@frozen
class Start:
    """What to start, and the files that go with it."""

    argv: tuple[str, ...]
    cwd: str
    env: Mapping[str, str]
    lock: Path
    started: Path
    output: Path


def spawn(start: Start, remember: Callable[[process.Process], None]) -> process.Process:
    """Start it, `remember` it, then let it run. LockBusy or OSError: it never ran.

    It leads a session of its own, with output in a file and nothing of ours but the lock.
    """
    held: list[int] = []

    def high(descriptor: int) -> int:
        held.append(descriptor)
        held.append(fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, _FIRST_FREE))
        return held[-1]

    try:
        busy = files.lock(start.lock)
        if busy is None:
            raise LockBusy(str(start.lock))
        lock = high(busy)
        output = high(os.open(start.output, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600))
        entrance, gate = os.pipe()
        held.append(gate)
        entrance = high(entrance)
        child = _fork(start, lock, output, entrance)
        try:
            found = _fresh(child)
            remember(found)
        except BaseException:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            raise
        _open_gate(gate)
        return found
    finally:
        for descriptor in held:
            os.close(descriptor)


def _fork(start: Start, lock: int, output: int, entrance: int) -> int:
    return os.posix_spawn(
        "/bin/sh",
        ["sh", "-c", _GATE, "sh", str(start.started), start.cwd, *start.argv],
        start.env,
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0),
            (os.POSIX_SPAWN_DUP2, output, 1),
            (os.POSIX_SPAWN_DUP2, output, 2),
            (os.POSIX_SPAWN_DUP2, entrance, _GATE_AT),
            (os.POSIX_SPAWN_DUP2, lock, _LOCK_AT),
        ],
        setsid=True,
        setsigmask=[],
        setsigdef=_DEFAULTS,
    )


def _fresh(child: int) -> process.Process:
    found = process.look(child)
    if found is None:
        raise ChildProcessError(f"process {child} vanished while it was started")
    return found


def _open_gate(gate: int) -> None:
    try:
        os.write(gate, b"go\n")
    except BrokenPipeError:
        return  # it was ended while it waited: its exit tells
