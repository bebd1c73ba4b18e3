"""The two ways to ask the kernel for listening sockets agree, and both see a real one."""

from __future__ import annotations

import os
import socket

import pytest

from tierline.supervisor import listeners
from tierline.supervisor.listeners import at, inodes_of, listening, tables
from tierline.supervisor.sock_diag import listening_sockets


@pytest.mark.parametrize(
    ("family", "address", "told"),
    [
        (socket.AF_INET, "127.0.0.1", "0100007F"),
        (socket.AF_INET, "0.0.0.0", "00000000"),
        (socket.AF_INET6, "::1", "00000000000000000000000001000000"),
    ],
)
def test_both_ways_tell_the_same_of_a_socket(family: int, address: str, told: str) -> None:
    with socket.socket(family) as sock:
        sock.bind((address, 0))
        port = sock.getsockname()[1]
        assert at(port, listening()) == frozenset(), "bound is not listening"
        sock.listen()
        by_netlink = {entry for entry in listening_sockets() if entry[1] == port}
        by_table = {(e.inode, e.port, e.address) for e in tables() if e.port == port}
        inode = os.fstat(sock.fileno()).st_ino
        assert by_netlink == by_table == {(inode, port, told)}
        assert inode in (inodes_of(os.getpid()) or ())


def test_where_netlink_is_closed_the_table_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    def closed() -> None:
        raise PermissionError("netlink is closed")

    monkeypatch.setattr(listeners, "listening_sockets", closed)
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        sock.listen()
        assert at(sock.getsockname()[1], listening()) == {os.fstat(sock.fileno()).st_ino}
