"""Serves the receiver on a socket that somebody else has bound, in the caller's own loop."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Generator

import uvicorn

from tierline.targets.telemetry.receiver import Receiver

_CONNECTIONS = 500


class _Server(uvicorn.Server):
    """Leaves signals to whoever runs the loop."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        yield


class Serving:
    """`sock` listens already; it is closed in the end."""

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
