"""Which TCP ports are listened on, and by which processes; knows not why."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable
from typing import Final

from tierline.frozen import frozen
from tierline.supervisor.sock_diag import listening_sockets

_LISTEN: Final = b"0A"
_TABLES: Final = ("/proc/self/net/tcp", "/proc/self/net/tcp6")
_LOOPBACK4, _ANY4 = "0100007F", "00000000"
_LOOPBACK_MAPPED, _ANY6 = "0000000000000000FFFF00000100007F", "0" * 32
_RANK: Final = {_LOOPBACK4: 0, _LOOPBACK_MAPPED: 0, _ANY4: 1, _ANY6: 2}
"""who answers at 127.0.0.1: the most specific address wins"""


@frozen
class Listening:
    """A listening socket: `address` as the kernel writes it, in hexadecimal."""

    inode: int
    port: int
    address: str

    @property
    def rank(self) -> int:
        return _RANK.get(self.address, 3)


def listening() -> frozenset[Listening]:
    """Every listening TCP socket of this network namespace."""
    try:
        return frozenset(Listening(*found) for found in listening_sockets())
    except OSError:
        return tables()


def tables() -> frozenset[Listening]:
    """The same read from /proc, where netlink is closed to us.

    The kernel lists listening sockets before all others, so that reading stops at the first that
    is not one.
    """
    found = set[Listening]()
    for table in _TABLES:
        with contextlib.suppress(OSError), open(table, "rb") as lines:  # noqa: PTH123 - read 20 times a second
            next(lines, None)
            for line in lines:
                values = line.split()
                if values[3] != _LISTEN:
                    break
                address, _, port = values[1].decode().partition(":")
                found.add(Listening(int(values[9]), int(port, 16), address))
    return frozenset(found)


def at(port: int, table: Iterable[Listening]) -> frozenset[int]:
    """Inodes of the sockets that answer at 127.0.0.1:port; several if they share it."""
    there = [each for each in table if each.port == port]
    best = min((each.rank for each in there), default=0)
    return frozenset(each.inode for each in there if each.rank == best)


def inodes_of(pid: int) -> frozenset[int] | None:
    """Inodes of the sockets that the process holds open; None if we may not look."""
    found = set[int]()
    try:
        descriptors = os.listdir(f"/proc/{pid}/fd")  # noqa: PTH208 - names suffice
    except PermissionError:
        return None
    except OSError:
        return frozenset()
    for descriptor in descriptors:
        with contextlib.suppress(OSError):
            target = os.readlink(f"/proc/{pid}/fd/{descriptor}")  # noqa: PTH115 - no path, a name
            if target.startswith("socket:["):
                found.add(int(target[8:-1]))
    return frozenset(found)
