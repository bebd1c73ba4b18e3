"""Asks a Docker engine over its unix socket; knows containers, images and networks, no service."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tierline.errors import PermanentError, TemporaryError

if TYPE_CHECKING:
    import httpx2

SECONDS = 30.0
MISSING = "engine/missing"
_SOCKET_FIX = "start Docker, or name its socket: DOCKER_HOST=unix:///run/docker.sock"
Document = dict[str, Any]
"""what the engine's API answers, as its reference describes it"""


class Engine:
    """One engine. Every call may raise TemporaryError (it is away) or PermanentError (it refuses)."""

    def __init__(self, socket: Path) -> None:
        self.socket = socket

    async def containers(self, project: str) -> list[Document]:
        """All containers of a Compose project, inspected; one that goes meanwhile is left out."""
        wanted = {"label": [f"com.docker.compose.project={project}"]}
        found = await self._call(
            "GET", "/containers/json", {"all": "1", "filters": json.dumps(wanted)}
        )
        inspected = [await self.container(str(one["Id"])) for one in found]
        return [one for one in inspected if one is not None]

    async def container(self, identity: str) -> Document | None:
        """One container as `inspect` shows it; None where there is none."""
        return await self._find(f"/containers/{identity}/json")

    async def image(self, reference: str) -> Document | None:
        """An image as `inspect` shows it; None where the engine does not have it."""
        return await self._find(f"/images/{reference}/json")

    async def network(self, name: str) -> Document | None:
        """A network by its name; None where there is none."""
        return await self._find(f"/networks/{name}")

    async def make_network(self, name: str, labels: Mapping[str, str], internal: bool) -> None:
        """A bridge network; one that exists already is left as it is."""
        body = {"Name": name, "CheckDuplicate": True, "Labels": dict(labels), "Internal": internal}
        try:
            await self._call("POST", "/networks/create", body=body)
        except PermanentError:
            if await self.network(name) is None:
                raise

    async def remove_network(self, name: str) -> None:
        """Remove a network; nothing where there is none, or somebody still uses it."""
        try:
            await self._call("DELETE", f"/networks/{name}")
        except PermanentError as error:
            if error.code != MISSING and "active endpoints" not in error.message:
                raise

    async def stop_and_remove(self, identity: str, seconds: float) -> None:
        """End a container, killed after that time, and remove it; its named volumes stay."""
        for method, path, query in (
            ("POST", f"/containers/{identity}/stop", {"t": str(round(seconds))}),
            ("DELETE", f"/containers/{identity}", {"force": "1"}),
        ):
            try:
                await self._call(method, path, query, seconds=seconds + SECONDS)
            except PermanentError as error:
                if error.code != MISSING and "already in progress" not in error.message:
                    raise

    async def execute(self, identity: str, argv: list[str], seconds: float) -> tuple[int, str]:
        """Run a program inside a container: its exit code and what it printed."""
        body = {"Cmd": argv, "AttachStdout": True, "AttachStderr": True}
        made = await self._call("POST", f"/containers/{identity}/exec", body=body)
        run = f"/exec/{made['Id']}"
        output = await self._raw("POST", f"{run}/start", {"Detach": False}, seconds)
        done = await self._call("GET", f"{run}/json")
        code = done.get("ExitCode")
        return (code if isinstance(code, int) else -1), b"".join(frames(output)).decode(
            "utf-8", "replace"
        )

    async def logs(self, identity: str, since: float, limit: int) -> list[str]:
        """The newest lines of a container, oldest first, each behind its time."""
        query = f"stdout=1&stderr=1&timestamps=1&since={since:.9f}&tail={limit}"
        try:
            data = await self._raw("GET", f"/containers/{identity}/logs?{query}", None, SECONDS)
        except PermanentError as error:
            if error.code == MISSING:
                return []
            raise
        return [
            line for frame in frames(data) for line in frame.decode("utf-8", "replace").splitlines()
        ]

    async def follow(self, identity: str, since: float) -> AsyncGenerator[bytes]:
        """Output of a container as it comes, until it ends; pieces of any size."""
        query = {"stdout": "1", "stderr": "1", "follow": "1", "since": f"{since:.9f}"}
        async with self._opened("GET", f"/containers/{identity}/logs", query) as answer:
            async for piece in answer.aiter_raw():
                yield piece

    @asynccontextmanager
    async def events(self, project: str) -> AsyncGenerator[AsyncIterator[Document]]:
        """What happens to the project's containers from now on; open before anything is listed."""
        wanted = {"type": ["container"], "label": [f"com.docker.compose.project={project}"]}
        async with self._opened("GET", "/events", {"filters": json.dumps(wanted)}) as answer:
            yield _documents(answer)

    async def _find(self, path: str) -> Document | None:
        try:
            return await self._call("GET", path)
        except PermanentError as error:
            if error.code == MISSING:
                return None
            raise

    async def _call(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None = None,
        *,
        body: object = None,
        seconds: float = SECONDS,
    ) -> Any:
        async with self._client(seconds) as client:
            with _translated(self.socket):
                answer = await client.request(method, path, params=query, json=body)
        _refuse(answer.status_code, answer.content)
        return json.loads(answer.content) if answer.content else None

    async def _raw(self, method: str, path: str, body: object, seconds: float) -> bytes:
        async with self._client(seconds) as client:
            with _translated(self.socket):
                answer = await client.request(method, path, json=body)
        _refuse(answer.status_code, answer.content)
        return answer.content

    @asynccontextmanager
    async def _opened(
        self, method: str, path: str, query: Mapping[str, str]
    ) -> AsyncGenerator[httpx2.Response]:
        async with self._client(None) as client:
            with _translated(self.socket):
                async with client.stream(method, path, params=query) as answer:
                    if answer.status_code >= 400:
                        _refuse(answer.status_code, await answer.aread())
                    yield answer

    def _client(self, seconds: float | None) -> httpx2.AsyncClient:
        import httpx2  # noqa: PLC0415 - slow to import, and only commands that act need it

        transport = httpx2.AsyncHTTPTransport(uds=str(self.socket), verify=False)
        limits = httpx2.Timeout(seconds, connect=5.0)
        return httpx2.AsyncClient(transport=transport, base_url="http://docker", timeout=limits)


def frames(data: bytes) -> list[bytes]:
    """The payloads of a multiplexed stream; the data itself where it is none (a terminal's)."""
    found: list[bytes] = []
    at = 0
    while at + 8 <= len(data):
        if data[at] > 2 or data[at + 1 : at + 4] != b"\0\0\0":
            return [data]
        size = int.from_bytes(data[at + 4 : at + 8], "big")
        found.append(data[at + 8 : at + 8 + size])
        at += 8 + size
    return found


async def _documents(answer: httpx2.Response) -> AsyncIterator[Document]:
    async for line in answer.aiter_lines():
        if line.strip():
            yield json.loads(line)


class _translated:  # noqa: N801 - reads like a statement
    """Nothing above sees the library's exceptions."""

    def __init__(self, socket: Path) -> None:
        self._socket = socket

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        import httpx2  # noqa: PLC0415 - the same

        if isinstance(error, httpx2.HTTPError):
            raise TemporaryError(
                f"the Docker engine at {self._socket} does not answer: {error or kind}",
                code="engine/away",
                fix=_SOCKET_FIX,
            ) from error


def _refuse(status: int, content: bytes) -> None:
    if status < 400:
        return
    try:
        message = str(json.loads(content).get("message", ""))
    except (ValueError, AttributeError):
        message = content[:200].decode("utf-8", "replace")
    if status >= 500 and "is not running" not in message:
        raise TemporaryError(
            f"the Docker engine answers {status}: {message}",
            code="engine/error",
            fix="try again; the engine's own log says more",
        )
    code = MISSING if status == 404 else "engine/refused"
    raise PermanentError(
        f"the Docker engine refuses: {message}",
        code=code,
        fix="mend what the engine names in the service's Compose file",
    )
