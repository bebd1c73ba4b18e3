"""Runs one program in a session of its own: bounded time and output, and nothing stays behind.

Knows neither builds nor tests. Whatever ends the run (time, an interrupt, an error) ends the whole group.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tierline.frozen import frozen

MOST_OUTPUT = 256 * 1024
"""bytes of output that are kept, the last ones"""
_LONGEST_LINE = 1 << 20
_GRACE_SECONDS = 2.0
_LINGER_SECONDS = 1.0
_PIECE = 1 << 16

OnLine = Callable[[str], bool]
"""gets each line of output; whether it took it, so that it is not kept"""


@frozen
class Ended:
    """`code` is negative for a signal; None where it did not end in time and was ended."""

    code: int | None
    output: str
    seconds: float


async def run(
    argv: Sequence[str],
    cwd: Path,
    env: Mapping[str, str],
    seconds: float,
    on_line: OnLine | None = None,
) -> Ended:
    """Run a program to its end. OSError where it cannot start."""
    began = time.monotonic()
    process = await _started(argv, cwd, env)
    kept = _Kept(on_line)
    try:
        async with asyncio.timeout(seconds):
            code: int | None = await _watched(process, kept)
    except TimeoutError:
        code = None
    finally:
        await _end(process)
    return Ended(code, kept.text(), time.monotonic() - began)


async def _started(
    argv: Sequence[str], cwd: Path, env: Mapping[str, str]
) -> asyncio.subprocess.Process:
    """The program; an interrupt while it is being started ends its whole group, not it alone."""
    starting = asyncio.ensure_future(
        asyncio.create_subprocess_exec(
            *argv,
            cwd=cwd,
            env=dict(env),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
        )
    )
    try:
        return await asyncio.shield(starting)
    except asyncio.CancelledError:
        with contextlib.suppress(OSError):
            await _end(await starting)
        raise


class _Kept:
    """The last bytes of the output that nobody took."""

    def __init__(self, on_line: OnLine | None) -> None:
        self._on_line = on_line
        self._rest = b""
        self._pieces: deque[bytes] = deque()
        self._size = 0

    def feed(self, data: bytes) -> None:
        *lines, self._rest = (self._rest + data).split(b"\n")
        if len(self._rest) > _LONGEST_LINE:
            lines, self._rest = [*lines, self._rest], b""
        for line in lines:
            self._line(line)

    def _line(self, line: bytes) -> None:
        if self._on_line and self._on_line(line.decode("utf-8", "replace")):
            return
        self._pieces.append(line + b"\n")
        self._size += len(line) + 1
        while self._size > MOST_OUTPUT and len(self._pieces) > 1:
            self._size -= len(self._pieces.popleft())

    def text(self) -> str:
        if self._rest:
            self._line(self._rest)
            self._rest = b""
        return b"".join(self._pieces)[-MOST_OUTPUT:].decode("utf-8", "replace")


async def _watched(process: asyncio.subprocess.Process, kept: _Kept) -> int:
    """Its exit code. What it started and left behind may hold the output open for a moment only."""
    reading = asyncio.ensure_future(_read(process, kept))
    try:
        code = await process.wait()
        await asyncio.wait([reading], timeout=_LINGER_SECONDS)
        return code
    finally:
        reading.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await reading


async def _read(process: asyncio.subprocess.Process, kept: _Kept) -> None:
    while process.stdout is not None and (data := await process.stdout.read(_PIECE)):
        kept.feed(data)


async def _end(process: asyncio.subprocess.Process) -> None:
    """End whatever of its group is left: asked first, made to after a moment."""
    until = time.monotonic() + _GRACE_SECONDS
    try:
        if _alive(process):
            _signal(process.pid, signal.SIGTERM)
        while _alive(process) and time.monotonic() < until:  # noqa: ASYNC110 - others' processes tell nobody
            await asyncio.sleep(0.02)
    finally:
        if _alive(process):
            _signal(process.pid, signal.SIGKILL)
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.shield(process.wait())


def _alive(process: asyncio.subprocess.Process) -> bool:
    """Whether anybody is in its group who still runs."""
    return process.returncode is None or any(_runs(pid, process.pid) for pid in _processes())


def _processes() -> list[str]:
    return [name for name in os.listdir("/proc") if name.isdigit()]  # noqa: PTH208 - thousands of names


def _runs(pid: str, group: int) -> bool:
    """Whether a process is of that group and no zombie."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:  # noqa: PTH123 - asked for every process
            state, _, found, *_ = file.read().rpartition(b")")[2].split()
    except (OSError, ValueError):
        return False
    return int(found) == group and state not in {b"Z", b"X"}


def _signal(group: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)
