"""The proxy itself: TLS on both sides, a thread with a loop of its own, kubeconfig files for clients."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import ssl
import threading
from collections.abc import AsyncIterator, Coroutine, Generator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import h11
from beds.kube.access import Api, write_kubeconfig
from beds.kube.certificates import Authority

from fault_proxy.exchange import Answer, Exchange, GoneError, Request, receive
from fault_proxy.faults import Fault
from fault_proxy.script import Script, Turns

_CHUNK = 1 << 16
_REMEMBERED = 50


@dataclass
class FaultProxy:
    """What a test sees of it. Without a script all passes.

    `happened` tells of each fault: method, target, what it was. `asked` counts all requests.
    """

    api: Api
    kubeconfig: Path
    script: Script = field(default_factory=Turns)
    happened: list[tuple[str, str, Fault]] = field(default_factory=list[tuple[str, str, Fault]])
    asked: int = 0

    def __post_init__(self) -> None:
        """Nothing runs yet; see `proxied`."""
        self._loop = asyncio.new_event_loop()
        self._remembered: dict[str, list[bytes]] = {}
        self._contexts: dict[str, ssl.SSLContext] = {}
        self._writers: set[asyncio.StreamWriter] = set()
        self._certificate = "good"
        self._port = 0

    @property
    def server(self) -> str:
        """The proxy's URL."""
        return f"https://127.0.0.1:{self._port}"

    def refuse(self) -> None:
        """Connections are refused from now on; those that are open stay."""
        self._do(self._close())

    def accept(self, certificate: str = "good") -> None:
        """Connections are accepted again, with a certificate that is `good` or `expired`."""
        self._certificate = certificate
        self._do(self._open())

    def cut(self) -> None:
        """Every connection that is open now breaks off; new ones are as before."""
        self._do(self._cut())

    async def _cut(self) -> None:
        for writer in tuple(self._writers):
            writer.transport.abort()

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=10)

    async def _open(self) -> None:
        await self._close()
        context = self._contexts[self._certificate]
        self._server = await asyncio.start_server(
            self._connection, "127.0.0.1", self._port, ssl=context
        )
        self._port = self._server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        server: asyncio.Server | None = getattr(self, "_server", None)
        if server is not None:
            server.close()

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        http = h11.Connection(h11.SERVER)
        self._writers.add(writer)
        try:
            while request := await receive(http, reader):
                await self._answer(Exchange(request, self, http, writer, self._remembered))
                if http.our_state is not h11.DONE:
                    return
                http.start_next_cycle()
        except (GoneError, ConnectionError, h11.ProtocolError, asyncio.CancelledError):
            pass  # the client is told by the connection's end; at ours nobody is left to tell
        finally:
            writer.close()

    async def _answer(self, exchange: Exchange) -> None:
        self.asked += 1
        fault = self.script.fault_of(exchange.request)
        if fault is None:
            await exchange.relay(await exchange.forward())
            return
        self.happened.append((exchange.request.method, exchange.request.target, fault))
        await fault.play(exchange)

    async def ask(self, request: Request) -> Answer:
        """Ask the API server, on a connection of this request's own."""
        where = urlsplit(self.api.server)
        context = ssl.create_default_context(cafile=str(self.api.authority))
        names = {name for name, _ in request.headers}
        if b"authorization" not in names:  # who brings a token is to be known by it
            context.load_cert_chain(self.api.user.certificate, self.api.user.key)
        reader, writer = await asyncio.open_connection(where.hostname, where.port, ssl=context)
        self._writers.add(writer)
        http = h11.Connection(h11.CLIENT)
        kept = [(n, v) for n, v in request.headers if n not in {b"host", b"accept-encoding"}]
        headers = [(b"host", where.netloc.encode()), *kept]
        for event in (
            h11.Request(method=request.method, target=request.target, headers=headers),
            h11.Data(data=request.body),
            h11.EndOfMessage(),
        ):
            writer.write(http.send(event) or b"")
        head = await _next(http, reader)
        assert isinstance(head, h11.Response), head
        body = self._kept(request, head.status_code, _body(http, reader, writer))
        return Answer(head.status_code, tuple(head.headers), body)

    async def _kept(
        self, request: Request, status: int, parts: AsyncIterator[bytes]
    ) -> AsyncIterator[bytes]:
        """The parts; of whole answers to reads, a few are remembered for later."""
        whole = b""
        async for part in parts:
            whole += b"" if request.is_watch else part
            yield part
        if request.method == "GET" and not request.is_watch and status == 200:
            known = self._remembered.setdefault(request.target, [])
            known[:] = [*known, whole][:_REMEMBERED]


@contextlib.contextmanager
def proxied(api: Api, folder: Path) -> Generator[FaultProxy]:
    """A proxy before an API server, whose `kubeconfig` lies in the folder, while the block lasts.

    Who comes without a token is to the API server who `api.user` says.
    """
    authority = Authority(folder / "proxy-pki")
    proxy = FaultProxy(api, folder / "proxied.kubeconfig")
    for name, age in (("good", dt.timedelta()), ("expired", dt.timedelta(days=2))):
        pair = authority.server(name, ["127.0.0.1"], ["localhost"], age)
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(pair.certificate, pair.key)
        proxy._contexts[name] = context
    thread = threading.Thread(target=proxy._loop.run_forever, daemon=True)
    thread.start()
    try:
        proxy.accept()
        seen = Api(proxy.server, authority.file, authority.client("anybody"))
        write_kubeconfig(proxy.kubeconfig, "proxied", seen)
        yield proxy
    finally:
        proxy._do(_end(proxy))
        proxy._loop.call_soon_threadsafe(proxy._loop.stop)
        thread.join()
        proxy._loop.close()


async def _end(proxy: FaultProxy) -> None:
    await proxy._close()
    tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await proxy._loop.shutdown_asyncgens()
    for writer in proxy._writers:
        writer.transport.abort()
    await asyncio.sleep(0.05)  # what was broken off is closed by the loop's next turns


async def _body(
    http: h11.Connection, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> AsyncIterator[bytes]:
    try:
        while isinstance(event := await _next(http, reader), h11.Data):
            yield bytes(event.data)
    finally:
        writer.close()


async def _next(http: h11.Connection, reader: asyncio.StreamReader) -> object:
    while (event := http.next_event()) is h11.NEED_DATA:
        http.receive_data(await reader.read(_CHUNK))
    return event
