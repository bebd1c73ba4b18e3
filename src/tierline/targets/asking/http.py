"""GET requests over kept connections to addresses of this machine; knows nothing of services.

Small on purpose: no redirects, no proxies, no cookies, bodies and headers capped, a time limit on
everything. Built on asyncio streams because a hundred probes must cost milliseconds.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import re
import socket
from collections.abc import Callable
from dataclasses import dataclass, field

from tierline.frozen import frozen

LARGEST_BODY = 256 * 1024
_LARGEST_HEAD = 32 * 1024
_STATUS = re.compile(rb"HTTP/1\.(?P<minor>[01]) (?P<code>[1-5][0-9][0-9])(?: |\r|$)")
_SAFE_PATH = re.compile(r"/[!-~]{0,500}")


class NobodyListens(Exception):  # noqa: N818 - a fact about the world
    """The connection was refused."""


class NoAnswer(Exception):  # noqa: N818 - a fact about the world
    """A connection that gave no valid answer in time; the message says how it failed."""


@frozen
class Answered:
    """What came back. `whole` is False where the body was longer than the cap."""

    status: int
    body: bytes
    whole: bool = True


def is_loopback(host: str) -> bool:
    """Whether the address is this machine's loopback; names other than localhost are not."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_safe_path(path: str) -> bool:
    """Whether the path can stand in a request line: printable ASCII without blanks."""
    return _SAFE_PATH.fullmatch(path) is not None


@dataclass(slots=True)
class Connection:
    """One kept connection; it is opened again when the other side closed it.

    `allowed` says which hosts may be asked: a mesh may name any.
    """

    host: str
    port: int
    allowed: Callable[[str], bool] = is_loopback
    _streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = field(default=None)

    async def get(self, path: str, seconds: float) -> Answered:
        """GET `path`. Raises NobodyListens or NoAnswer; ValueError for what must not be asked."""
        if not self.allowed(self.host) or not is_safe_path(path):
            raise ValueError(f"{self.host}:{self.port}{path} may not be asked")
        kept = self._streams is not None
        try:
            async with asyncio.timeout(seconds):
                try:
                    return await self._exchange(path)
                except (ConnectionResetError, BrokenPipeError, asyncio.IncompleteReadError):
                    self.close()
                    if not kept:
                        raise
                    return await self._exchange(path)
        except ConnectionRefusedError as error:
            raise NobodyListens(f"nothing listens on {self.host}:{self.port}") from error
        except TimeoutError as error:
            self.close()
            raise NoAnswer(f"no answer within {seconds:g} s") from error
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
            self.close()
            raise NoAnswer("the connection was cut") from error
        except ValueError as error:
            self.close()
            raise NoAnswer(f"no HTTP: {error}") from error
        except asyncio.CancelledError:
            self.close()
            raise

    def close(self) -> None:
        """Close the connection if there is one."""
        if self._streams is not None:
            with contextlib.suppress(OSError, RuntimeError):
                self._streams[1].close()
            self._streams = None

    async def _exchange(self, path: str) -> Answered:
        if self._streams is None:
            self._streams = await asyncio.open_connection(self.host, self.port, limit=_LARGEST_HEAD)
        reader, writer = self._streams
        request = f"GET {path} HTTP/1.1\r\nHost: {self.host}:{self.port}\r\nAccept: */*\r\n\r\n"
        writer.write(request.encode("ascii"))
        _acknowledge_at_once(writer)
        await writer.drain()
        status, headers, keep = await _head(reader)
        body, whole, ended = await _body(reader, status, headers)
        if not (keep and whole and ended):
            self.close()
        return Answered(status, body, whole)


def _acknowledge_at_once(writer: asyncio.StreamWriter) -> None:
    """A server that writes head and body apart would wait 40 ms for a delayed acknowledgement."""
    sock = writer.get_extra_info("socket")
    if sock is not None:
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)


async def _head(reader: asyncio.StreamReader) -> tuple[int, dict[bytes, bytes], bool]:
    while True:
        head = await reader.readuntil(b"\r\n\r\n")
        lines = head.split(b"\r\n")
        found = _STATUS.match(lines[0])
        if found is None:
            raise ValueError("the first line is no status line")
        status = int(found["code"])
        if status >= 200:
            break
    headers: dict[bytes, bytes] = {}
    for line in lines[1:]:
        name, _, value = line.partition(b":")
        headers[name.strip().lower()] = value.strip()
    said = headers.get(b"connection", b"").lower()
    keep = said == b"keep-alive" if found["minor"] == b"0" else b"close" not in said
    return status, headers, keep


async def _body(
    reader: asyncio.StreamReader, status: int, headers: dict[bytes, bytes]
) -> tuple[bytes, bool, bool]:
    """(body, whether it is whole, whether the connection stands at the next answer)."""
    if status in {204, 304}:
        return b"", True, True
    if b"chunked" in headers.get(b"transfer-encoding", b"").lower():
        return await _chunks(reader)
    length = headers.get(b"content-length")
    if length is not None:
        if not length.isdigit():
            raise ValueError("Content-Length is no number")
        size = min(int(length), LARGEST_BODY)
        return await reader.readexactly(size), size == int(length), True
    body = await _until_end(reader)
    return body, len(body) < LARGEST_BODY, False


async def _until_end(reader: asyncio.StreamReader) -> bytes:
    body = bytearray()
    while len(body) < LARGEST_BODY and (part := await reader.read(LARGEST_BODY - len(body))):
        body += part
    return bytes(body)


async def _chunks(reader: asyncio.StreamReader) -> tuple[bytes, bool, bool]:
    body = bytearray()
    while True:
        size = int((await reader.readuntil(b"\r\n")).partition(b";")[0].strip(), 16)
        if size < 0 or len(body) + size > LARGEST_BODY:
            return bytes(body), False, False
        if size == 0:
            while await reader.readuntil(b"\r\n") != b"\r\n":
                pass
            return bytes(body), True, True
        body += await reader.readexactly(size)
        await reader.readexactly(2)
