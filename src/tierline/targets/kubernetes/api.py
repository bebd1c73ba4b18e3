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
        self._client: httpx2.AsyncClient | None = None
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
        client = await self._open()
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
        return answer.content

    @asynccontextmanager
    async def stream(
        self, path: str, query: Mapping[str, str], silence: float
    ) -> AsyncGenerator[AsyncGenerator[Object]]:
        """The objects of an endless answer, a line each. ApiRefusal after `silence` seconds of none."""
        client = await self._open()
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
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    async def _open(self) -> httpx2.AsyncClient:
        async with self._opening:
            if self._client is None:
                login = self._reach.login
                if login.argv:
                    login = await ask_program(login, may_run=self._may_run)
                self._client = await asyncio.to_thread(_client, self._reach, login)
        return self._client


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


def _client(reach: Reach, login: Login) -> httpx2.AsyncClient:
    headers = {"User-Agent": "tierline", "Accept": "application/json"}
    verify = _trust(reach, login) if reach.server.startswith("https://") else True
    return httpx2.AsyncClient(
        base_url=reach.server,
        headers=headers,
        auth=_Bearer(login),
        verify=verify,
        timeout=httpx2.Timeout(SECONDS),
        limits=httpx2.Limits(max_connections=_CONNECTIONS, max_keepalive_connections=_CONNECTIONS),
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
