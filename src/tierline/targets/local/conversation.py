"""One request to a supervisor over a connection, and its reply; says what is wrong with a silent one."""

from __future__ import annotations

import asyncio
import socket
import struct
from pathlib import Path
from typing import TypeVar

from tierline.errors import PermanentError, TemporaryError
from tierline.targets.local.codec import LINE_LIMIT, BadFrame, decode_reply, encode
from tierline.targets.local.messages import Failure, Reply, Request

ANSWER_SECONDS = 10.0
"""how long an answer may take that needs no waiting for anybody"""
_STOPPED = "Tt"
"""states of a process that somebody stopped, see proc(5)"""

T = TypeVar("T")


class Cut(TemporaryError):  # noqa: N818 - a fact about the connection
    """The supervisor went away after it may have read the request."""


class Silent(TemporaryError):  # noqa: N818 - a fact about the supervisor
    """The supervisor is there and does not answer."""


class Stranger(PermanentError):  # noqa: N818 - a fact about the supervisor
    """The supervisor `pid` speaks another version of our language."""

    def __init__(self, pid: int, error: BadFrame) -> None:
        super().__init__(
            f"the supervisor (pid {pid}) is of another version of tierline: {error}",
            code="supervisor/version",
            fix="use that version, or end all that runs: tierline down",
        )
        self.pid = pid


async def once(sock: socket.socket, request: Request, seconds: float = ANSWER_SECONDS) -> Reply:
    """The one reply; Cut if there is none, Silent if none comes in time, Stranger if it is odd."""
    pid = listener_of(sock)
    try:
        async with asyncio.timeout(seconds):
            reader, writer = await asyncio.open_unix_connection(sock=sock, limit=LINE_LIMIT)
            try:
                writer.write(encode(request))
                return read(await reader.readline())
            finally:
                writer.close()
    except TimeoutError as error:
        raise silent(pid, seconds) from error
    except (OSError, ValueError) as error:
        raise broken(pid, error) from error


def read(line: bytes) -> Reply:
    """The reply of a line; ConnectionResetError for half a one, BadFrame for an odd one."""
    if not line.endswith(b"\n"):
        raise ConnectionResetError("the connection ended")
    return decode_reply(line)


def broken(pid: int, error: Exception) -> Cut | Stranger:
    """The error for a conversation that ended so."""
    if isinstance(error, BadFrame):
        return Stranger(pid, error)
    return Cut(
        f"the supervisor went away: {error}",
        code="supervisor/gone",
        fix="give the command again: services go on, and a successor finds them",
    )


def silent(pid: int, seconds: float) -> Silent:
    """The error for a supervisor that says nothing for so long."""
    stopped = _state(pid) in _STOPPED
    return Silent(
        f"the supervisor (pid {pid}) did not answer within {seconds:g} s"
        + (": its process is stopped" if stopped else ""),
        code="supervisor/silent",
        fix=f"let it go on: kill -CONT {pid}"
        if stopped
        else f"try again; if that does not help, kill {pid}: services go on, a successor takes over",
    )


def listener_of(sock: socket.socket) -> int:
    """The process that listens at the other end, as the kernel noted it."""
    size = struct.calcsize("3i")
    credentials = sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size)
    pid, _, _ = struct.unpack("3i", credentials)
    return pid


def expected(reply: Reply, kind: type[T] | tuple[type[T], ...]) -> T:
    """The reply if it is one of these; what the supervisor said of its failure is raised."""
    if isinstance(reply, kind):
        return reply
    if isinstance(reply, Failure):
        family = TemporaryError if reply.temporary else PermanentError
        raise family(reply.message, code=reply.code, fix=reply.fix)
    raise PermanentError(
        f"the supervisor answered with {type(reply).__name__}",
        code="supervisor/version",
        fix="it may be of another version: tierline down, then again",
    )


def _state(pid: int) -> str:
    """One letter; "?" where nobody knows."""
    try:
        line = Path(f"/proc/{pid}/stat").read_bytes()
    except OSError:
        return "?"
    return line.rpartition(b")")[2].split()[0].decode()
