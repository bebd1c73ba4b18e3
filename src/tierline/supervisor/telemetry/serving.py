"""Serves the receiver on a loopback port that stays the same for successors."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Generator
from pathlib import Path

import uvicorn

from tierline.supervisor import files
from tierline.supervisor.ports import choices, is_free, kernel_range, pick
from tierline.supervisor.telemetry.receiver import Receiver

_BACKLOG = 512
_CONNECTIONS = 500


class _Server(uvicorn.Server):
    """Leaves signals to the supervisor."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        yield


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


class Serving:
    """Runs in the supervisor's own loop."""

    def __init__(self, sock: socket.socket, receiver: Receiver) -> None:
        config = uvicorn.Config(
            receiver,  # pyright: ignore[reportArgumentType] - ASGI by structure, not by its types
            http="h11",
            ws="none",
            lifespan="off",
            log_config=None,
            log_level="critical",
            access_log=False,
            server_header=False,
            limit_concurrency=_CONNECTIONS,
            timeout_keep_alive=75,
            timeout_graceful_shutdown=1,
        )
        self._server, self._sock = _Server(config), sock
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._server.serve(sockets=[self._sock]))

    async def stop(self) -> None:
        """Answers what is under way, for a second at most."""
        self._server.should_exit = True
        if self._task is not None:
            await self._task
        self._sock.close()


def _new(path: Path) -> int:
    return pick(f"telemetry of {path}", is_free, (), choices(kernel_range()))


def _remembered(path: Path) -> int:
    try:
        found = files.read_json(path) or {}
        number = found.get("port", 0)
    except ValueError:
        return 0
    return number if isinstance(number, int) and 1024 <= number <= 65_535 else 0
