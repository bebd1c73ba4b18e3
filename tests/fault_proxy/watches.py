"""What can happen to a stream of watch events; each fault says which lines pass in place of one."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

from fault_proxy.exchange import Exchange, status_object


class EndError(Exception):
    """The stream ends here, as if the server had ended it."""


class Stream:
    """The lines of one watch; subclasses change them. As it is, all pass."""

    def __init__(self, after: int) -> None:
        """`after` so many events the fault begins."""
        self.after = after
        self.seen = 0

    def lines(self, line: bytes) -> Iterator[bytes]:
        """What the client gets when a line comes."""
        self.seen += 1
        yield from [line] if self.seen <= self.after else self.changed(line)

    def changed(self, line: bytes) -> Iterator[bytes]:
        """The same, once the fault has begun."""
        yield line


class Failing(Stream):
    """An ERROR event with a status, and the end."""

    code = 500

    def changed(self, line: bytes) -> Iterator[bytes]:
        """Tell it and end."""
        told = json.loads(status_object(self.code, "Expired", "too old resource version"))
        yield json.dumps({"type": "ERROR", "object": told}).encode() + b"\n"
        raise EndError


class Expired(Failing):
    """An ERROR event with status 410: what the client knows is too old to go on from."""

    code = 410


class Dropped(Stream):
    """One event gets lost, and nothing tells of it."""

    def changed(self, line: bytes) -> Iterator[bytes]:
        """Swallow the first."""
        if self.seen > self.after + 1:
            yield line


class Doubled(Stream):
    """Every event comes twice."""

    def changed(self, line: bytes) -> Iterator[bytes]:
        """Say it again."""
        yield line
        yield line


class Swapped(Stream):
    """Two neighbours come in the wrong order."""

    def __init__(self, after: int) -> None:
        super().__init__(after)
        self.held = b""

    def changed(self, line: bytes) -> Iterator[bytes]:
        """Hold one back until the next has passed."""
        if self.seen == self.after + 1:
            self.held = line
        else:
            yield line
            yield from [self.held] if self.held else []
            self.held = b""


class OnlyBookmarks(Stream):
    """Bookmarks say that all is well, and no event comes."""

    def changed(self, line: bytes) -> Iterator[bytes]:
        """Let nothing else pass."""
        if b'"BOOKMARK"' in line:
            yield line


class Ended(Stream):
    """The stream ends; with `after` 0, each time it is begun anew."""

    def changed(self, line: bytes) -> Iterator[bytes]:
        """End it."""
        raise EndError
        yield line


class Stalled(Stream):
    """The connection stays open and nothing comes any more."""

    def changed(self, line: bytes) -> Iterator[bytes]:
        """Let nothing pass."""
        yield from ()


@dataclass(frozen=True, slots=True)
class Watched:
    """A fault of a watch's stream; other requests pass."""

    stream: type[Stream]
    after: int = 0

    async def play(self, exchange: Exchange) -> None:
        """Send the request on and change what comes back."""
        answer = await exchange.forward()
        if not exchange.request.is_watch or answer.status != 200:
            await exchange.relay(answer)
            return
        await exchange.relay(answer, _changed(answer.body, self.stream(self.after)))


async def _changed(body: AsyncIterator[bytes], stream: Stream) -> AsyncIterator[bytes]:
    unfinished = b""
    async for part in body:
        *lines, unfinished = (unfinished + part).split(b"\n")
        for line in lines:
            try:
                for passed in stream.lines(line + b"\n"):
                    yield passed
            except EndError:
                return
