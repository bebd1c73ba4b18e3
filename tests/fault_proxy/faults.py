"""What can happen to a request and its answer; each fault is a value that plays itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from fault_proxy.exchange import Exchange, status_object

REASONS = {
    400: "BadRequest",
    401: "Unauthorized",
    403: "Forbidden",
    404: "NotFound",
    409: "Conflict",
    410: "Expired",
    422: "Invalid",
    429: "TooManyRequests",
    500: "InternalError",
    502: "BadGateway",
    503: "ServiceUnavailable",
    504: "Timeout",
}
"""statuses that API servers answer with, and what they call them"""
_HTML = b"<html><body><h1>502 Bad Gateway</h1></body></html>"


class Fault(Protocol):
    """Something that happens to one request."""

    async def play(self, exchange: Exchange) -> None:
        """Do it."""
        ...


@dataclass(frozen=True, slots=True)
class Refused:
    """The API answers with an error; the request has not reached it. `retry_after` in seconds."""

    code: int
    retry_after: int | None = None

    async def play(self, exchange: Exchange) -> None:
        """Answer as an API server would."""
        headers = {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}
        body = status_object(self.code, REASONS.get(self.code, ""), "a fault of the test's proxy")
        await exchange.send(self.code, body, headers)


@dataclass(frozen=True, slots=True)
class Garbled:
    """The request is done, and what comes back is no JSON: HTML of a load balancer, or half of it."""

    html: bool = False

    async def play(self, exchange: Exchange) -> None:
        """Answer with what nobody can read."""
        answer = await exchange.forward()
        body = await answer.whole()
        if self.html:
            await exchange.send(502, _HTML, {"Content-Type": "text/html"})
        else:
            await exchange.send(answer.status, body[: len(body) // 2] + b"\x00}")


@dataclass(frozen=True, slots=True)
class Cut:
    """The request is done, and the connection breaks in the middle of the answer."""

    async def play(self, exchange: Exchange) -> None:
        """Send half of what was announced."""
        answer = await exchange.forward()
        body = await answer.whole()
        await exchange.send_head(answer, body[: len(body) // 2], len(body))
        exchange.close()


@dataclass(frozen=True, slots=True)
class Reset:
    """The connection is reset; `after` says whether the request was done before."""

    after: bool = False

    async def play(self, exchange: Exchange) -> None:
        """Break it off."""
        if self.after:
            await (await exchange.forward()).whole()
        exchange.reset()


@dataclass(frozen=True, slots=True)
class Silence:
    """Nothing is ever answered; `after` says whether the request was done all the same."""

    after: bool = False

    async def play(self, exchange: Exchange) -> None:
        """Leave the client to its own patience."""
        if self.after:
            await (await exchange.forward()).whole()
        await exchange.be_silent()


@dataclass(frozen=True, slots=True)
class Stale:
    """A read shows what was so long ago, as another API server might; the first time it passes."""

    async def play(self, exchange: Exchange) -> None:
        """Answer with the oldest that is remembered of this very question."""
        known = exchange.remembered.get(exchange.request.target)
        if known:
            await exchange.send(200, known[0])
        else:
            await exchange.relay(await exchange.forward())
