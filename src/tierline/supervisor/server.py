"""Answers requests on the supervisor's socket; knows what each asks for, not how it is done."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import struct
from collections.abc import AsyncIterator

from tierline.errors import PermanentError, TierlineError
from tierline.facts.observation import Synced
from tierline.supervisor.holder import Holder
from tierline.targets.local.codec import LINE_LIMIT, BadFrame, decode_request, encode
from tierline.targets.local.messages import (
    AssignPorts,
    Claim,
    CountRequests,
    Done,
    End,
    Failure,
    FindListener,
    GetStatus,
    Launch,
    Observe,
    ReadLogs,
    Release,
    Reply,
    Request,
    Shutdown,
    Stop,
    WatchSignals,
)

_PATIENCE = 30.0
"""seconds that a connected client may take for its request"""


class Server:
    """`ended` is set when somebody asked us to end."""

    def __init__(self, holder: Holder) -> None:
        self._holder = holder
        self._tasks = set[asyncio.Task[Reply]]()
        self.ended = asyncio.Event()

    async def start(self, sock: socket.socket) -> asyncio.Server:
        """Answer from now on."""
        return await asyncio.start_unix_server(self._client, sock=sock, limit=LINE_LIMIT)

    async def _client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if _peer(writer) == os.geteuid():
                await self._conversation(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, TimeoutError):
            return
        finally:
            writer.close()

    async def _conversation(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        try:
            line = await asyncio.wait_for(reader.readuntil(b"\n"), _PATIENCE)
            request = decode_request(line)
        except asyncio.LimitOverrunError:
            await _say(writer, Failure("supervisor/request", f"longer than {LINE_LIMIT} bytes"))
        except BadFrame as error:
            await _say(writer, _misunderstood(error))
        else:
            stream = self._stream(request)
            if stream is None:
                await self._respond(request, writer)
            else:
                await _pump(stream, reader, writer)

    async def _respond(self, request: Request, writer: asyncio.StreamWriter) -> None:
        reply = await self._answer(request)
        try:
            await _say(writer, reply)
        finally:
            if isinstance(request, Shutdown) and isinstance(reply, Done):
                self.ended.set()
                await asyncio.Event().wait()  # the connection ends with us: so the client knows

    async def _answer(self, request: Request) -> Reply:
        """An effect that was begun is done to its end, whether or not somebody waits for it."""
        task = asyncio.create_task(self._reply(request))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return await asyncio.shield(task)

    async def _reply(self, request: Request) -> Reply:
        try:
            if isinstance(request, Launch):
                return await self._holder.effects.launch(request)
            if isinstance(request, Stop):
                return await self._holder.effects.stop(request)
            if isinstance(request, Shutdown):
                return await self._shutdown(request)
            return self._at_once(request)
        except TierlineError as error:
            temporary = not isinstance(error, PermanentError)
            return Failure(error.code, error.message, error.fix, temporary)
        except OSError as error:
            return Failure(
                "supervisor/system",
                str(error),
                "free disk space or file descriptors, then try again",
                temporary=True,
            )

    def _at_once(self, request: Request) -> Reply:
        holder = self._holder
        if isinstance(request, Claim):
            return holder.lease.claim(request, holder.moment())
        if isinstance(request, Release):
            holder.lease.release(request.token)
            return Done()
        if isinstance(request, AssignPorts):
            return holder.assign(request)
        if isinstance(request, FindListener):
            return holder.watch.listener(request.port)
        if isinstance(request, CountRequests):
            return holder.count(request.service_id)
        if isinstance(request, GetStatus):
            return holder.status()
        return Failure("supervisor/request", f"{type(request).__name__} is not answered at once")

    async def _shutdown(self, request: Shutdown) -> Reply:
        if request.stop_services:
            alive = await self._holder.effects.end_all(request.stop_seconds)
            if alive:
                return Failure(
                    "local/will-not-die",
                    f"processes of {', '.join(alive)} outlive SIGKILL; the supervisor stays",
                    temporary=True,
                )
        return Done()

    def _stream(self, request: Request) -> AsyncIterator[Reply] | None:
        if isinstance(request, Observe):
            return self._observe()
        if isinstance(request, WatchSignals):
            return self._signals()
        if isinstance(request, ReadLogs):
            return self._logs(request)
        return None

    async def _observe(self) -> AsyncIterator[Reply]:
        feed = self._holder.seen
        reader = feed.open()
        try:
            for seen in reader.drain():
                yield seen
            yield Synced(frozenset(feed.known))
            while True:
                for seen in await reader.take():
                    yield seen
        finally:
            feed.close(reader)

    async def _signals(self) -> AsyncIterator[Reply]:
        feed = self._holder.signals
        reader = feed.open()
        try:
            for signal in reader.drain():
                yield signal
            while True:
                for signal in await reader.take():
                    yield signal
        finally:
            feed.close(reader)

    async def _logs(self, request: ReadLogs) -> AsyncIterator[Reply]:
        async for line in self._holder.reading.lines(request):
            yield line
        yield End()


async def _pump(
    stream: AsyncIterator[Reply], reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    """Frames until the stream ends or the client goes away."""

    async def send() -> None:
        try:
            async for reply in stream:
                await _say(writer, reply)
        except ConnectionError:
            return
        except OSError as error:
            await _say(writer, Failure("supervisor/system", str(error), temporary=True))

    sending = asyncio.create_task(send())
    leaving = asyncio.create_task(reader.read(1))
    try:
        await asyncio.wait((sending, leaving), return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (sending, leaving):
            task.cancel()
        with contextlib.suppress(ConnectionError, asyncio.CancelledError):
            await sending
        with contextlib.suppress(ConnectionError, asyncio.CancelledError):
            await leaving


async def _say(writer: asyncio.StreamWriter, reply: Reply) -> None:
    writer.write(encode(reply))
    await writer.drain()


def _peer(writer: asyncio.StreamWriter) -> int:
    """The user at the other end, as the kernel says."""
    sock: socket.socket = writer.get_extra_info("socket")
    credentials = sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    _, user, _ = struct.unpack("3i", credentials)
    return user


def _misunderstood(error: BadFrame) -> Failure:
    return Failure(
        "supervisor/request",
        f"the supervisor does not understand the request: {error}",
        "if it is of another version: tierline down, then again",
    )
