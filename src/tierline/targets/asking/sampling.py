"""Sends safe requests to an instance and keeps count: how many it answered, how many badly."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle, islice

from tierline.targets.asking import http
from tierline.targets.asking.addresses import Address

CONCURRENT = 8
REQUEST_SECONDS = 2.0
_MOST_AT_ONCE = 10_000
_MOST_INSTANCES = 5_000


@dataclass(slots=True)
class _Count:
    total: int = 0
    errors: int = 0
    worst: str = ""


class Sampler:
    """Counts by instance id; a new instance begins at zero. Only `allowed` hosts are asked."""

    def __init__(self, allowed: Callable[[str], bool] = http.is_loopback) -> None:
        self._allowed = allowed
        self._counts: dict[str, _Count] = {}

    def counted(self, instance: str) -> tuple[int, int]:
        """(requests, errors among them) so far."""
        count = self._counts.get(instance, _Count())
        return count.total, count.errors

    def detail(self, instance: str) -> str:
        """The latest error in words, "" if there was none."""
        return self._counts.get(instance, _Count()).worst

    async def sample(
        self, instance: str, address: Address, paths: Sequence[str], number: int
    ) -> None:
        """Send `number` GETs round the paths over at most 8 connections.

        An answer of 500 and more, a cut connection and no answer in time are errors. Another
        connection is opened when the newest one has been answered, so that servers with a short
        queue of connections refuse none.
        """
        count = self._counts.setdefault(instance, _Count())
        while len(self._counts) > _MOST_INSTANCES:
            self._counts.pop(next(iter(self._counts)))
        work = islice(cycle(paths), min(number, _MOST_AT_ONCE))
        async with asyncio.TaskGroup() as group:
            for _ in range(min(CONCURRENT, number)):
                answered = asyncio.Event()
                connection = http.Connection(address.host, address.port, self._allowed)
                sender = group.create_task(_send(connection, work, count, answered))
                sender.add_done_callback(lambda _, answered=answered: answered.set())
                await answered.wait()


async def _send(
    connection: http.Connection, work: Iterator[str], count: _Count, answered: asyncio.Event
) -> None:
    try:
        for path in work:
            trouble = await _trouble(connection, path)
            answered.set()
            count.total += 1
            if trouble:
                count.errors += 1
                count.worst = f"GET {path}: {trouble}"
    finally:
        connection.close()


async def _trouble(connection: http.Connection, path: str) -> str:
    try:
        status = (await connection.get(path, REQUEST_SECONDS)).status
    except (http.NobodyListens, http.NoAnswer) as error:
        return str(error)
    return str(status) if status >= 500 else ""
