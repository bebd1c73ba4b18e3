"""Ports that supervisors of this user have promised to services, so that no two promise the same one.

A number is promised long before its service listens. Until then nothing in the network shows it,
so the promise is a lock on byte N of a file that all our supervisors open, whatever their folders.
The kernel drops it with the process that holds it.
"""

from __future__ import annotations

import errno
import fcntl
import os
import stat
import struct
from pathlib import Path

_BUSY = frozenset({errno.EAGAIN, errno.EACCES})


def place() -> Path:
    """The file of this user, in memory: it need not outlive the machine."""
    return Path("/dev/shm") / f"tierline-ports-{os.geteuid()}"  # noqa: S108 - private, or not used


class Promises:
    """What this process has promised. Where the file cannot be had or trusted, promises bind nobody."""

    def __init__(self, path: Path) -> None:
        self._file = _private(path)

    def make(self, number: int) -> bool:
        """Whether the number is ours from now on; False if another process has promised it."""
        try:
            self._lock(number, fcntl.F_WRLCK)
        except OSError as error:
            return error.errno not in _BUSY
        return True

    def take_back(self, number: int) -> None:
        """Anybody may promise it again."""
        self._lock(number, fcntl.F_UNLCK)

    def _lock(self, number: int, kind: int) -> None:
        if self._file is not None:
            flock = struct.pack("hhqqi4x", kind, os.SEEK_SET, number, 1, 0)
            fcntl.fcntl(self._file, fcntl.F_OFD_SETLK, flock)


def _private(path: Path) -> int | None:
    """A descriptor of a file that only we can open; None where that is not what is there."""
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
    try:
        file = os.open(path, flags, 0o600)
    except OSError:
        return None
    found = os.fstat(file)
    if stat.S_ISREG(found.st_mode) and found.st_uid == os.geteuid() and not found.st_mode & 0o077:
        return file
    os.close(file)
    return None
