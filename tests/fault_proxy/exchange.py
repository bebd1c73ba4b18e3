"""One request of a client and all that may be done with it; knows no fault."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import struct
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Protocol

import h11

_CHUNK = 1 << 16


class GoneError(Exception):
    """The connection to the client is no more, by the client's will or by ours."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a client asks: method, path with query, headers, body."""

    method: str
    target: str
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes

    @property
    def is_watch(self) -> bool:
        """Whether the answer is a stream of events."""
        return "watch=true" in self.target or "watch=1" in self.target


@dataclass(frozen=True, slots=True)
class Answer:
    """What the API server answers: its head, and its body as it comes."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: AsyncIterator[bytes]

    async def whole(self) -> bytes:
        """All of the body."""
        return b"".join([part async for part in self.body])


class Upstream(Protocol):
    """The API server behind the proxy."""

    async def ask(self, request: Request) -> Answer:
        """Send a request on; the answer's body is read later."""
        ...


@dataclass
class Exchange:
    """A request on its way: it can be sent on, answered, left alone or broken off."""

    request: Request
    upstream: Upstream
    http: h11.Connection
    writer: asyncio.StreamWriter
    remembered: dict[str, list[bytes]] = field(default_factory=dict[str, list[bytes]])
    """what the API server answered before, by target"""

    async def forward(self) -> Answer:
        """What the API server answers."""
        return await self.upstream.ask(self.request)

    async def send(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        """Answer with a whole body."""
        told = {"Content-Type": "application/json", **(headers or {})}
        told["Content-Length"] = str(len(body))
        await self._emit(h11.Response(status_code=status, headers=list(told.items())))
        await self._emit(h11.Data(data=body))
        await self._emit(h11.EndOfMessage())

    async def relay(self, answer: Answer, parts: AsyncIterator[bytes] | None = None) -> None:
        """Answer with the head of an answer and its body, or other parts, as they come."""
        left_out = (b"content-length", b"transfer-encoding", b"connection")
        headers = [(name, value) for name, value in answer.headers if name not in left_out]
        headers.append((b"transfer-encoding", b"chunked"))
        await self._emit(h11.Response(status_code=answer.status, headers=headers))
        async for part in parts or answer.body:
            await self._emit(h11.Data(data=part))
        await self._emit(h11.EndOfMessage())

    async def send_head(self, answer: Answer, part: bytes, length: int) -> None:
        """Answer with less than is announced."""
        kept = (b"content-length", b"transfer-encoding")
        headers = [(name, value) for name, value in answer.headers if name not in kept]
        headers.append((b"content-length", str(length).encode()))
        await self._emit(h11.Response(status_code=answer.status, headers=headers))
        await self._emit(h11.Data(data=part))

    async def be_silent(self) -> None:
        """Neither answer nor close, until the client gives up or the proxy ends."""
        await asyncio.Event().wait()

    def close(self) -> None:
        """End the connection as a server does that has nothing more to say."""
        raise GoneError

    def reset(self) -> None:
        """Break the connection off, so that the client's kernel says `connection reset`."""
        own: socket.socket = self.writer.get_extra_info("socket")
        with contextlib.suppress(OSError):
            own.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()
        raise GoneError

    async def _emit(self, event: h11.Event) -> None:
        data = self.http.send(event)
        if data:
            self.writer.write(data)
        try:
            await self.writer.drain()
        except ConnectionError as error:
            raise GoneError from error


async def receive(http: h11.Connection, reader: asyncio.StreamReader) -> Request | None:
    """The next request of a connection; None when there will be no more."""
    head: h11.Request | None = None
    body = b""
    while True:
        event = http.next_event()
        if event is h11.NEED_DATA:
            http.receive_data(await reader.read(_CHUNK))
        elif isinstance(event, h11.Request):
            head = event
        elif isinstance(event, h11.Data):
            body += bytes(event.data)
        elif isinstance(event, h11.EndOfMessage) and head is not None:
            return Request(head.method.decode(), head.target.decode(), tuple(head.headers), body)
        else:
            return None


def status_object(code: int, reason: str, message: str) -> bytes:
    """What an API server says with an error."""
    said = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure"}
    return json.dumps({**said, "message": message, "reason": reason, "code": code}).encode()
