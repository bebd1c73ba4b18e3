"""Asks the supervisor of one local environment, and starts it where none lives.

Every call is one connection. A supervisor that died is replaced on the next call: services go on,
so nothing is lost by that but the telemetry of the gap.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import sys
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from tierline.errors import PermanentError, TemporaryError
from tierline.facts.evidence import Requests, Signal
from tierline.facts.instant import Instant
from tierline.facts.observation import Accepted, Lost, Observation, Outcome, Refused, Seen, Synced
from tierline.facts.observation import Unknown as NotKnown
from tierline.facts.probe import LogLine
from tierline.targets.local.codec import LINE_LIMIT, encode
from tierline.targets.local.conversation import (
    Cut,
    Silent,
    Stranger,
    broken,
    expected,
    listener_of,
    once,
    read,
)
from tierline.targets.local.messages import (
    AssignPorts,
    Claim,
    Claimed,
    Counted,
    CountRequests,
    Done,
    End,
    Failure,
    FindListener,
    GetStatus,
    HeldBy,
    Launch,
    Listener,
    Observe,
    Ports,
    ReadLogs,
    Release,
    Reply,
    Request,
    Shutdown,
    Status,
    Stop,
    WatchSignals,
)
from tierline.targets.local.private import private_folder
from tierline.targets.local.rendezvous import WORDLESS, connect
from tierline.targets.protocol import Fence, Holder, LeaseHeld

_START_SECONDS = 15.0
_LOOK = 0.02
_ATTEMPTS = 3
_EFFECT_SECONDS = 20.0
"""how long an effect may take besides the time that what ran before has to stop"""
_AGAIN = 0.1
"""seconds between attempts to reach a successor"""

T = TypeVar("T")


class Client:
    """All calls raise TemporaryError (`supervisor/gone`, ...) or PermanentError, nothing else."""

    def __init__(self, state: Path, runtime: Path) -> None:
        self._state, self._runtime = state.absolute(), runtime.absolute()
        self._starting = asyncio.Lock()

    async def ensure(self) -> Status:
        """Start the supervisor unless it lives; PermanentError carries what it said at its death."""
        return await self._ask(GetStatus(), Status)

    async def lives(self) -> bool:
        """Whether a supervisor answers; starts none. Raises Silent and Stranger."""
        try:
            sock = connect(self._runtime)
        except OSError:
            return False
        with contextlib.suppress(Cut):
            return isinstance(await once(sock, GetStatus()), Status)
        return False

    async def oust(self) -> None:
        """End a supervisor of another version; what it holds goes on, and a successor finds it."""
        try:
            await self.lives()
        except Stranger as stranger:
            with contextlib.suppress(OSError):
                os.kill(stranger.pid, signal.SIGTERM)
            deadline = time.monotonic() + _START_SECONDS
            while _listens(self._runtime):
                if time.monotonic() > deadline:
                    raise
                await asyncio.sleep(_LOOK)

    async def holds(self) -> bool:
        """Whether anything may run here: a supervisor lives, or some start has no recorded end.

        After a supervisor was killed its services go on, and only a successor can tell of them.
        Raises Silent and Stranger.
        """
        launches = self._state / "launches"
        begun = {file.stem for file in launches.glob("*.json")}
        ended = {file.stem for file in launches.glob("*.exit")}
        return await self.lives() or bool(begun - ended)

    async def claim(self, environment: str, holder: Holder, ttl: float, above: int = 0) -> Fence:
        """Win or keep the lease for `ttl` seconds; LeaseHeld names who has it."""
        reply = await self._reply(Claim(environment, holder, ttl, above))
        if isinstance(reply, HeldBy):
            raise LeaseHeld(reply.holder, reply.since, reply.until, reply.token)
        claimed = expected(reply, Claimed)
        return Fence(claimed.token, holder, claimed.until)

    async def release(self, token: int) -> None:
        """Give the lease back; harmless when it is lost already."""
        await self._ask(Release(token), Done)

    async def ports(self, service_id: str, names: Sequence[str]) -> Ports:
        """The numbers of the service's named ports, the same every time."""
        return await self._ask(AssignPorts(service_id, tuple(names)), Ports)

    async def launch(self, request: Launch) -> Outcome:
        """Accepted once everything is spawned; Unknown if the supervisor died on the way."""
        return await self._effect(request)

    async def stop(
        self, service_id: str, key: str, fence: int, stop_seconds: float = 10.0
    ) -> Outcome:
        """Accepted once nothing runs any more."""
        return await self._effect(Stop(service_id, key, fence, stop_seconds))

    async def listener(self, port: int) -> Listener:
        """Who listens on this TCP port."""
        return await self._ask(FindListener(port), Listener)

    async def requests(self, service_id: str) -> tuple[Requests, ...]:
        """Requests counted in the traces of each instance; none means unknown."""
        return (await self._ask(CountRequests(service_id), Counted)).requests

    async def status(self) -> Status:
        """How the supervisor does."""
        return await self._ask(GetStatus(), Status)

    async def shutdown(self, *, stop_services: bool, stop_seconds: float = 10.0) -> None:
        """End the supervisor, and with it the services if asked.

        Starts one if there is none but services are to be stopped: only it can find them. Returns
        when the supervisor is gone.
        """
        if not stop_services and not await self.lives():
            return
        done = False
        try:
            async with contextlib.aclosing(
                self._stream(Shutdown(stop_services, stop_seconds))
            ) as s:
                async for reply in s:
                    done = expected(reply, Done) == Done()
        except Cut:
            if not done:
                raise

    async def observe(
        self, now: Callable[[], Instant] = time.time
    ) -> AsyncGenerator[Observation, None]:
        """Everything now, `Synced`, then changes; `Lost` and all anew when the supervisor dies.

        Instants are by the clock `now`.
        """
        while True:
            try:
                ahead = await self._ahead(now)
                async with contextlib.aclosing(self._stream(Observe())) as replies:
                    async for reply in replies:
                        shown = expected(reply, (Seen, Synced))
                        yield _seen_by(shown, ahead) if isinstance(shown, Seen) else shown
            except TemporaryError as error:
                yield Lost(error.message)
                await asyncio.sleep(_AGAIN)

    async def signals(self, now: Callable[[], Instant] = time.time) -> AsyncGenerator[Signal, None]:
        """What arrived so far, then every change, by the clock `now`; goes on with a successor.

        The supervisor's clock began when it did: another one may be far from it.
        """
        while True:
            try:
                ahead = await self._ahead(now)
                async with contextlib.aclosing(self._stream(WatchSignals())) as replies:
                    async for reply in replies:
                        told = expected(reply, Signal)
                        first, last = told.first_at + ahead, told.at + ahead
                        yield replace(told, first_at=first, at=last)
            except TemporaryError:
                await asyncio.sleep(_AGAIN)

    async def _ahead(self, now: Callable[[], Instant]) -> float:
        """By how many seconds `now` is ahead of the supervisor's clock, at least; 0 if they may agree.

        What the supervisor saw then never seems newer than it is, however long the asking took.
        """
        await self.ensure()
        before = now()
        theirs = (await self.status()).now
        return 0.0 if before <= theirs <= now() else before - theirs

    async def logs(self, request: ReadLogs) -> AsyncGenerator[LogLine, None]:
        """Lines as asked, oldest first."""
        async with contextlib.aclosing(self._stream(request)) as replies:
            async for reply in replies:
                if isinstance(reply, End):
                    return
                yield expected(reply, LogLine)

    async def _ask(self, request: Request, kind: type[T]) -> T:
        return expected(await self._reply(request), kind)

    async def _reply(self, request: Request) -> Reply:
        """Asked again of a successor: whatever is asked this way may be asked twice."""
        for _ in range(_ATTEMPTS - 1):
            with contextlib.suppress(Cut):
                return await once(await self._connected(), request)
        return await once(await self._connected(), request)

    async def _effect(self, request: Launch | Stop) -> Outcome:
        try:
            sock = await self._connected()
        except TemporaryError as error:
            return Refused(error.code, error.message, temporary=True)
        try:
            reply = await once(sock, request, request.stop_seconds + _EFFECT_SECONDS)
        except (Cut, Silent) as error:
            return NotKnown(error.message)
        if isinstance(reply, Failure):
            return Refused(reply.code, reply.message, reply.temporary)
        return expected(reply, (Accepted, Refused))

    async def _stream(self, request: Request) -> AsyncGenerator[Reply, None]:
        """Frames until `End`; Cut when the connection ends without it."""
        sock = await self._connected()
        pid = listener_of(sock)
        reader, writer = await asyncio.open_unix_connection(sock=sock, limit=LINE_LIMIT)
        try:
            writer.write(encode(request))
            while True:
                reply = read(await reader.readline())
                yield reply
                if isinstance(reply, End):
                    return
        except (OSError, ValueError) as error:
            raise broken(pid, error) from error
        finally:
            writer.close()

    async def _connected(self) -> socket.socket:
        """A connection to the supervisor, which is started if there is none."""
        deadline = time.monotonic() + _START_SECONDS
        async with self._starting:
            while True:
                try:
                    return connect(self._runtime)
                except OSError as error:
                    if time.monotonic() > deadline:
                        raise TemporaryError(
                            f"the supervisor in {self._runtime} does not answer: {error}",
                            code="supervisor/gone",
                            fix=f"see {self._state / 'supervisor.log'}",
                        ) from error
                await self._start()

    async def _start(self) -> None:
        """Start one; returns when it answers, when another one lives, or when somebody killed it."""
        for folder in (self._state, self._runtime):
            private_folder(folder)
        command = ("-P", "-m", "tierline.supervisor", "--detach")
        folders = ("--state", str(self._state), "--runtime", str(self._runtime))
        try:
            starter = await asyncio.create_subprocess_exec(
                sys.executable,
                *command,
                *folders,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.PIPE,
                start_new_session=True,
            )
            _, said = await starter.communicate()
        except OSError as error:
            raise TemporaryError(
                f"the supervisor cannot be started: {error}",
                code="supervisor/start",
                fix="see what this machine lacks: tierline doctor",
            ) from error
        killed = starter.returncode == WORDLESS or (starter.returncode or 0) < 0
        if starter.returncode and not killed:
            raise PermanentError(
                f"the supervisor died at start: {said.decode(errors='replace').strip()}",
                code="supervisor/start",
                fix=f"mend that, or see {self._state / 'supervisor.log'}",
            )
        await asyncio.sleep(_LOOK)


def _listens(runtime: Path) -> bool:
    try:
        connect(runtime).close()
    except OSError:
        return False
    return True


def _seen_by(seen: Seen, ahead: float) -> Seen:
    """As a clock says it that is so many seconds ahead."""
    if not ahead:
        return seen
    instances = tuple(replace(i, started_at=i.started_at + ahead) for i in seen.instances)
    return replace(seen, at=seen.at + ahead, instances=instances)
