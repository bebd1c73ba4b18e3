"""The newest value of each subject, to any number of readers; a slow one skips, never piles up."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Generic, TypeVar

T = TypeVar("T")


class Reader(Generic[T]):
    """What one reader has not taken yet: the newest value of each subject."""

    def __init__(self, known: Mapping[str, T]) -> None:
        self._waiting = dict(known)
        self._filled = asyncio.Event()

    def put(self, subject: str, value: T) -> None:
        """Replaces what still waits of the subject."""
        self._waiting.pop(subject, None)
        self._waiting[subject] = value
        self._filled.set()

    async def take(self) -> tuple[T, ...]:
        """What changed since the last time; waits until something did."""
        await self._filled.wait()
        return self.drain()

    def drain(self) -> tuple[T, ...]:
        """What changed since the last time, perhaps nothing."""
        self._filled.clear()
        taken = tuple(self._waiting.values())
        self._waiting.clear()
        return taken


class Feed(Generic[T]):
    """Values by subject; equal ones are not told twice."""

    def __init__(self) -> None:
        self._known: dict[str, T] = {}
        self._readers: set[Reader[T]] = set()

    @property
    def known(self) -> Mapping[str, T]:
        return self._known

    def publish(self, subject: str, value: T) -> None:
        """Tell every reader."""
        if self._known.get(subject) != value:
            self._known[subject] = value
            for reader in self._readers:
                reader.put(subject, value)

    def open(self) -> Reader[T]:
        """A reader that begins with all that is known."""
        reader = Reader(self._known)
        self._readers.add(reader)
        return reader

    def close(self, reader: Reader[T]) -> None:
        """The reader gets nothing any more."""
        self._readers.discard(reader)
