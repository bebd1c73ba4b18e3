"""Netlink and /proc must tell of the same listening sockets."""

import socket

import pytest

from tierline.supervisor.listeners import at, listening, tables

ADDRESSES = [
    (socket.AF_INET, "127.0.0.1"),
    (socket.AF_INET, "0.0.0.0"),
    (socket.AF_INET6, "::1"),
    (socket.AF_INET6, "::"),
]


@pytest.mark.parametrize(("family", "address"), ADDRESSES)
def test_a_listening_socket_is_told_in_the_same_words_by_both(family, address):
    with socket.socket(family) as sock:
        sock.bind((address, 0))
        port = sock.getsockname()[1]
        assert all(each.port != port for each in listening())
        sock.listen()
        by_netlink = {each for each in listening() if each.port == port}
        assert by_netlink == {each for each in tables() if each.port == port}
        assert len(by_netlink) == 1
        assert at(port, by_netlink) == {each.inode for each in by_netlink}


def test_many_sockets_fit():
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(400)]
    try:
        ports = {sock.getsockname()[1] for sock in held}
        assert ports <= {each.port for each in listening()}
    finally:
        for sock in held:
            sock.close()
