"""Keeps the port of an environment's telemetry: services started earlier know no other."""

from __future__ import annotations

import socket
from pathlib import Path

from tierline.supervisor.ports import choices, is_free, kernel_range, pick
from tierline.targets.host import files

_BACKLOG = 512


def reserve(path: Path) -> tuple[socket.socket, str]:
    """A listening socket on the remembered port, else on a new one, which is then remembered.

    It is none that the kernel gives to outgoing connections: while we are dead, one of those
    could take it. The text says what was lost by a change of port, "" if nothing. May raise
    OSError or TemporaryError.
    """
    known = _remembered(path)
    number = known or _new(path)
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    problem = ""
    try:
        sock.bind(("127.0.0.1", number))
    except OSError:
        number = _new(path)
        sock.bind(("127.0.0.1", number))
        problem = f"telemetry port {known} is taken: services started before are not heard"
    sock.listen(_BACKLOG)
    sock.setblocking(False)
    if number != known:
        files.replace_json(path, {"port": number})
    return sock, problem


def port_of(sock: socket.socket) -> int:
    """The port that it is bound to."""
    number: int = sock.getsockname()[1]
    return number


def _new(path: Path) -> int:
    return pick(f"telemetry of {path}", is_free, (), choices(kernel_range()))


def _remembered(path: Path) -> int:
    try:
        found = files.read_json(path) or {}
        number = found.get("port", 0)
    except ValueError:
        return 0
    return number if isinstance(number, int) and 1024 <= number <= 65_535 else 0
