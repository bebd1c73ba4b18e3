"""Receives telemetry of containers while somebody conducts: OTLP on the gateways of their networks.

What containers print counts as logs. Nothing is received while nobody conducts, and that is a gap,
not a zero.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
from collections.abc import AsyncGenerator, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from tierline.errors import PermanentError, TemporaryError
from tierline.facts.evidence import Signal, SignalKind
from tierline.targets.compose.engine import Engine
from tierline.targets.compose.model import COMPOSE_PROJECT
from tierline.targets.compose.seeing import Container
from tierline.targets.compose.site import Site
from tierline.targets.host import files
from tierline.targets.telemetry.decode import Batch

_BACKLOG = 512
_REPEAT_SECONDS = 1.0
_Sent = tuple[str, str, str, SignalKind]
"""service, version and instance as the sender says them, kind"""


class Telemetry:
    """One receiver for each network, on a port that stays the same for whoever conducts next."""

    def __init__(self, site: Site, engine: Engine) -> None:
        self._site, self._engine = site, engine
        self._file = site.state / "telemetry.json"
        self._urls: dict[str, str] = {}
        self._serving: list[Any] = []
        self._lock = asyncio.Lock()
        self._sums: dict[_Sent, Signal] = {}
        self._news: asyncio.Queue[Signal] = asyncio.Queue()
        self._senders: dict[str, Container] = {}
        self._followed: dict[str, asyncio.Task[None]] = {}

    async def reach(self, network: str, *, anew: bool = True) -> str:
        """Where containers of a network send to; the network is made where it is missing.

        "" where this host has no address in it. Where somebody else has the port that it had, it
        gets another one `anew`: containers that were started before are not heard then.
        """
        async with self._lock:
            if not self._urls.get(network):
                self._urls[network] = await self._open(network, anew)
            return self._urls[network]

    async def reopen(self) -> None:
        """Listen again where containers were told to send, if those networks are still there."""
        for network in self._ports():
            if await self._engine.network(network) is not None:
                with contextlib.suppress(TemporaryError, PermanentError):
                    await self.reach(network, anew=False)

    def know(self, containers: Iterable[Container]) -> None:
        """What runs now: whom telemetry is of, and whose output is to be followed."""
        known = {one.sender: one for one in containers if one.sender}
        self._senders = known
        alive = {one.instance.id: one for one in known.values() if one.instance.started_at}
        for identity, container in alive.items():
            if identity not in self._followed:
                task = asyncio.create_task(self._follow(container))
                self._followed[identity] = task
        for identity in [one for one in self._followed if one not in alive]:
            self._followed.pop(identity).cancel()

    async def signals(self) -> AsyncGenerator[Signal]:
        """Sums as they grow."""
        while True:
            yield await self._news.get()

    async def close(self) -> None:
        """Stop listening and following."""
        for task in self._followed.values():
            task.cancel()
        await asyncio.gather(*self._followed.values(), return_exceptions=True)
        self._followed.clear()
        for serving in self._serving:
            await serving.stop()
        self._serving.clear()
        self._urls.clear()

    async def _open(self, network: str, anew: bool) -> str:
        from tierline.targets.telemetry.receiver import Receiver  # noqa: PLC0415 - needs an ASGI server
        from tierline.targets.telemetry.serving import Serving  # noqa: PLC0415 - the same

        gateway = await self._gateway(network)
        if not gateway:
            return ""
        ports = self._ports()
        known = ports.get(network, 0)
        try:
            sock = _bound(gateway, known)
        except OSError as error:
            if error.errno != errno.EADDRINUSE or not anew:
                return ""
            sock = _bound(gateway, 0)
        port = int(sock.getsockname()[1])
        if known != port:
            files.replace_json(self._file, {**ports, network: port})
        serving = Serving(sock, Receiver(self._take))
        serving.start()
        self._serving.append(serving)
        return f"http://{gateway}:{port}"

    async def _gateway(self, network: str) -> str:
        shown = await self._engine.network(network)
        if shown is None:
            labels = {
                COMPOSE_PROJECT: self._site.project,
                "com.docker.compose.network": network.removeprefix(f"{self._site.project}_"),
            }
            await self._engine.make_network(network, labels, internal=False)
            shown = await self._engine.network(network) or {}
        addresses: dict[str, Any] = shown.get("IPAM") or {}
        ranges: list[dict[str, Any]] = addresses.get("Config") or []
        return next(
            (str(one["Gateway"]).partition("/")[0] for one in ranges if one.get("Gateway")), ""
        )

    def _ports(self) -> dict[str, int]:
        try:
            found = files.read_json(self._file) or {}
        except ValueError:
            return {}
        return {name: port for name, port in found.items() if isinstance(port, int)}

    def _take(self, kind: SignalKind, batches: Iterable[Batch]) -> None:
        now = self._site.now()
        for batch in batches:
            container = self._senders.get(batch.instance)
            if not batch.service or not batch.items:
                continue
            instance = container.instance.id if container else batch.instance
            self._add(Signal(batch.service, kind, batch.version, instance, now, now, batch.items))

    def _add(self, signal: Signal) -> None:
        sent = (signal.service_id, signal.revision, signal.instance, signal.kind)
        known = self._sums.get(sent)
        if known is not None:
            signal = replace(signal, first_at=known.first_at, count=known.count + signal.count)
        self._sums[sent] = signal
        self._news.put_nowait(signal)

    async def _follow(self, container: Container) -> None:
        """What it prints are its logs; told once a second at most."""
        instance = container.instance
        told = 0.0
        with contextlib.suppress(TemporaryError, PermanentError):
            async for _ in self._engine.follow(container.id, instance.started_at):
                now = self._site.now()
                if now - told >= _REPEAT_SECONDS:
                    told = now
                    self._add(
                        Signal(
                            container.service_id,
                            SignalKind.LOGS,
                            instance.revision,
                            instance.id,
                            now,
                            now,
                            1,
                        )
                    )


def _bound(host: str, port: int) -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((host, port))
    except OSError:
        sock.close()
        raise
    sock.listen(_BACKLOG)
    sock.setblocking(False)
    return sock


def forget(state: Path) -> None:
    """The ports of an environment that was taken down."""
    (state / "telemetry.json").unlink(missing_ok=True)
