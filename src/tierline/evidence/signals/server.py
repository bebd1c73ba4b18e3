"""GET requests for JSON to one server of telemetry: limits on time and bytes, no redirects, no proxies."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from tierline.evidence.signals.model import Heard, Unanswered, newest_of
from tierline.facts.instant import Instant
from tierline.frozen import frozen
from tierline.mesh.clean import clean

if TYPE_CHECKING:
    import httpx2

T = TypeVar("T")

SECONDS = 5.0
"""for a whole answer"""
LARGEST = 16 << 20
_LONGEST_TOKEN = 16 << 10
_SHOWN = 120

Document = dict[str, Any]


@frozen
class Answer:
    """What came back. `present` is the server's own time then, None where it does not say."""

    document: Document
    present: float | None

    def time(self) -> float:
        """The server's own time. ValueError where it does not say."""
        if self.present is None:
            raise ValueError("it does not say what time it is")
        return self.present


class Server:
    """One server. It is opened by the first question; `close` it on the same event loop."""

    def __init__(self, kind: str, url: str, tenant: str, token_file: str) -> None:
        self._name, self._url = f"{kind} at {url}", url
        self._tenant, self._token_file = tenant, token_file
        self._client: httpx2.AsyncClient | None = None

    async def get(self, path: str, query: Mapping[str, str]) -> Answer:
        """The object that is answered. Unanswered for every other answer, and for none in time."""
        import httpx2  # noqa: PLC0415 - slow to import, and only environments with sources need it

        try:
            async with asyncio.timeout(SECONDS):
                return await self._get(path, query)
        except TimeoutError as error:
            raise self.unanswered(f"no answer within {SECONDS:g} s") from error
        except (httpx2.HTTPError, httpx2.StreamError, httpx2.InvalidURL, OSError) as error:
            words = clean(str(error), _SHOWN) or type(error).__name__
            raise self.unanswered(words) from error

    def unanswered(self, words: str) -> Unanswered:
        """What to raise: the server, and what is wrong with it."""
        return Unanswered(f"{self._name}: {words}")

    async def close(self) -> None:
        """End all connections."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    async def _get(self, path: str, query: Mapping[str, str]) -> Answer:
        client = self._open()
        async with client.stream("GET", f"{self._url}{path}", params=dict(query)) as answer:
            content = bytearray()
            async for part in answer.aiter_raw():
                content += part
                if len(content) > LARGEST:
                    raise self.unanswered(f"the answer is larger than {LARGEST >> 20} MiB")
            if answer.status_code != 200:
                told = clean(content[:_SHOWN].decode(errors="replace").strip(), _SHOWN)
                raise self.unanswered(f"it answered {answer.status_code} {told}".rstrip())
            present = _present(answer.headers.get("Date", ""))
        try:
            document: Any = json.loads(content)
        except (ValueError, RecursionError) as error:
            raise self.unanswered("the answer is not JSON") from error
        if not isinstance(document, dict):
            raise self.unanswered("the answer is no object")
        return Answer(cast("Document", document), present)

    def _open(self) -> httpx2.AsyncClient:
        import httpx2  # noqa: PLC0415 - as above

        if self._client is None:
            headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
            if self._tenant:
                headers["X-Scope-OrgID"] = self._tenant
            if self._token_file:
                headers["Authorization"] = f"Bearer {self._token()}"
            self._client = httpx2.AsyncClient(
                headers=headers, timeout=SECONDS, follow_redirects=False, trust_env=False
            )
        return self._client

    def _token(self) -> str:
        try:
            with Path(self._token_file).open(encoding="ascii") as file:
                token = file.read(_LONGEST_TOKEN + 1).strip()
        except (OSError, ValueError) as error:
            raise self.unanswered(f"its token cannot be read from {self._token_file}") from error
        if not token or len(token) > _LONGEST_TOKEN or not token.isprintable():
            raise self.unanswered(f"{self._token_file} holds no token")
        return token


def understood(
    server: Server, read: Callable[[Answer], list[Heard]], answer: Answer
) -> tuple[Heard, ...]:
    """What `read` finds in an answer; Unanswered where it is of another shape."""
    try:
        return newest_of(read(answer))
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError) as error:
        words = clean(f"{type(error).__name__}: {error}", _SHOWN)
        raise server.unanswered(f"its answer is not of its API ({words})") from error
    except Unanswered as error:
        raise server.unanswered(str(error)) from error


def _present(date: str) -> Instant | None:
    try:
        return parsedate_to_datetime(date).timestamp()
    except (ValueError, TypeError):
        return None
