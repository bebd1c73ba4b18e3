"""The API of one cluster over HTTPS; knows paths and answers, not what objects mean."""

from __future__ import annotations

import asyncio
import json
import os
import ssl
import tempfile
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Literal, cast

import httpx2

from tierline.errors import PermanentError
from tierline.frozen import frozen
from tierline.targets.kubernetes.answers import ApiRefusal, refusal
from tierline.targets.kubernetes.credentials import ask_program
from tierline.targets.kubernetes.kubeconfig import Login, Reach
from tierline.targets.kubernetes.objects import Object

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
APPLY = "application/apply-patch+yaml"
SECONDS = 10.0
_CONNECTIONS = 100
_CHANGES = frozenset({"PATCH", "DELETE"})
"""what is queued; a lease is written by other methods, and its renewal waits behind no apply"""
_CHANGING = 32
"""connections for changes: the pool looks at each for each request, and each costs a handshake"""
_QUEUE_SECONDS = 300.0
"""how long a request may wait for one of our own connections, which says nothing of the server"""
_IDLE_SECONDS = 60.0
"""how long a connection is kept for the next request; servers keep them longer"""
_LONGEST_LINE = 64 << 20


@frozen
class Body:
    """What is sent, and as what."""

    content: Object
    kind: str = "application/json"


class Api:
    """One API server. Make one for each event loop; `close` it in the end."""

    def __init__(self, reach: Reach, *, may_run: bool) -> None:
        self._reach, self._may_run = reach, may_run
        self._clients: tuple[httpx2.AsyncClient, httpx2.AsyncClient] | None = None
        self._opening = asyncio.Lock()

    async def send(
        self,
        method: Method,
        path: str,
        query: Mapping[str, str] | None = None,
        body: Body | None = None,
    ) -> Object:
        """The object that is answered. ApiRefusal for every other answer, and for none."""
        content = await self.fetch(method, path, query, body)
        try:
            found: Any = json.loads(content)
        except ValueError as error:
            raise ApiRefusal(0, "the answer is not JSON", {}) from error
        if not isinstance(found, dict):
            raise ApiRefusal(0, "the answer is no object", {})
        return cast("Object", found)

    async def fetch(
        self,
        method: Method,
        path: str,
        query: Mapping[str, str] | None = None,
        body: Body | None = None,
    ) -> bytes:
        """The bytes that are answered; ApiRefusal likewise."""
        return (await self.answered(method, path, query, body))[1]

    async def answered(
        self,
        method: Method,
        path: str,
        query: Mapping[str, str] | None = None,
        body: Body | None = None,
    ) -> tuple[int, bytes]:
        """The status, below 300, and the bytes; ApiRefusal likewise."""
        asking, changing = await self._open()
        client = changing if method in _CHANGES else asking
        headers = {"Content-Type": body.kind} if body else {}
        content = json.dumps(body.content).encode() if body else None
        try:
            answer = await client.request(
                method, path, params=dict(query or {}), content=content, headers=headers
            )
        except (httpx2.HTTPError, httpx2.StreamError, OSError) as error:
            raise ApiRefusal(0, _transport(error), {}) from error
        if answer.status_code >= 300:
            raise refusal(answer.status_code, answer.headers, answer.content)
        return answer.status_code, answer.content

    @asynccontextmanager
    async def stream(
        self, path: str, query: Mapping[str, str], silence: float
    ) -> AsyncGenerator[AsyncGenerator[Object]]:
        """The objects of an endless answer, a line each. ApiRefusal after `silence` seconds of none."""
        client, _ = await self._open()
        limits = httpx2.Timeout(SECONDS, read=silence)
        try:
            async with client.stream("GET", path, params=dict(query), timeout=limits) as answer:
                if answer.status_code >= 300:
                    raise refusal(answer.status_code, answer.headers, await answer.aread())
                yield _lines(answer)
        except (httpx2.HTTPError, httpx2.StreamError, OSError) as error:
            raise ApiRefusal(0, _transport(error), {}) from error

    async def close(self) -> None:
        """End all connections."""
        clients, self._clients = self._clients, None
        for client in clients or ():
            await client.aclose()

    async def _open(self) -> tuple[httpx2.AsyncClient, httpx2.AsyncClient]:
        """For questions and watches, and for changes: these wait for no slow answer."""
        async with self._opening:
            if self._clients is None:
                login = self._reach.login
                if login.argv:
                    login = await ask_program(login, may_run=self._may_run)
                self._clients = await asyncio.to_thread(_clients, self._reach, login)
        return self._clients


async def _lines(answer: httpx2.Response) -> AsyncGenerator[Object]:
    try:
        async for line in answer.aiter_lines():
            if len(line) > _LONGEST_LINE:
                raise ApiRefusal(0, "a line of the watch is too long", {})
            if line.strip():
                found: Any = json.loads(line)
                if not isinstance(found, dict):
                    raise ApiRefusal(0, "a line of the watch is no object", {})
                yield cast("Object", found)
    except ValueError as error:
        raise ApiRefusal(0, "a line of the watch is not JSON", {}) from error


def _clients(reach: Reach, login: Login) -> tuple[httpx2.AsyncClient, httpx2.AsyncClient]:
    verify = _trust(reach, login) if reach.server.startswith("https://") else True
    asking = _client(reach, login, verify, _CONNECTIONS)
    changing = _client(reach, login, verify, _CHANGING)
    changing.timeout = httpx2.Timeout(SECONDS, pool=_QUEUE_SECONDS)
    return asking, changing


def _client(
    reach: Reach, login: Login, verify: ssl.SSLContext | bool, connections: int
) -> httpx2.AsyncClient:
    headers = {"User-Agent": "tierline", "Accept": "application/json"}
    return httpx2.AsyncClient(
        base_url=reach.server,
        headers=headers,
        auth=_Bearer(login),
        verify=verify,
        timeout=httpx2.Timeout(SECONDS),
        limits=httpx2.Limits(
            max_connections=connections,
            max_keepalive_connections=connections,
            keepalive_expiry=_IDLE_SECONDS,
        ),
        trust_env=False,
        follow_redirects=False,
    )


class _Bearer(httpx2.Auth):
    """The token of a login; one in a file is read again, since pods get new ones."""

    def __init__(self, login: Login) -> None:
        self._login = login

    def auth_flow(self, request: httpx2.Request) -> Any:
        token = self._login.token
        if self._login.token_file:
            token = Path(self._login.token_file).read_text(encoding="ascii").strip()
        if token:
            request.headers["Authorization"] = f"Bearer {token}"
        yield request


def _trust(reach: Reach, login: Login) -> ssl.SSLContext:
    try:
        text = reach.authority.decode("ascii") if reach.authority else None
        context = ssl.create_default_context(cadata=text)
        if reach.insecure:
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        if login.certificate and login.key:
            _load(context, login)
    except (ssl.SSLError, ValueError, OSError) as error:
        raise PermanentError(
            f"the certificates for {reach.server} cannot be used: {error}",
            code="cluster/certificate",
            fix="correct them in the kubeconfig",
        ) from error
    return context


def _load(context: ssl.SSLContext, login: Login) -> None:
    """OpenSSL takes a key from files only: from one that nobody else can read, for a moment."""
    descriptor, name = tempfile.mkstemp(prefix="tierline-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(login.certificate + b"\n" + login.key)
        context.load_cert_chain(name)
    finally:
        Path(name).unlink()


def _transport(error: Exception) -> str:
    told = str(error) or type(error).__name__
    return f"the API server cannot be reached: {told[:200]}"
