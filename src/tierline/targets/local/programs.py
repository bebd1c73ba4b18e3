"""Runs build tools: in a session of their own, with bounded time and output; knows no language."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import signal
from collections.abc import Mapping, Sequence
from pathlib import Path

from tierline.frozen import frozen

_MOST_OUTPUT = 64 * 1024
_MOST_LINES = 6
_MOST_CHARACTERS = 700
_ESCAPES = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b.")
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]")


@frozen
class Ended:
    """How a program ended and what it said on both outputs, at most 64 KiB of it."""

    code: int
    output: str


class TookTooLong(Exception):  # noqa: N818 - a fact about a program
    """The program did not end in time and was ended."""


async def run(argv: Sequence[str], cwd: Path, env: Mapping[str, str], seconds: float) -> Ended:
    """Run a program to its end. Raises OSError if it cannot start, TookTooLong after `seconds`."""
    process = await asyncio.create_subprocess_exec(
        *argv,
        cwd=cwd,
        env=dict(env),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(seconds):
            output = await _drain(process.stdout)
            return Ended(await process.wait(), output.decode("utf-8", "replace"))
    except TimeoutError as error:
        raise TookTooLong(f"{argv[0]} did not end within {seconds:g} s") from error
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()


def clean(text: str) -> str:
    """The text without terminal escapes, control and direction characters."""
    return _UNSAFE.sub("", _ESCAPES.sub("", text))


def first_lines(output: str, instead_of: Mapping[str, str]) -> str:
    """The first lines that say something, paths replaced (staged -> shown), bounded."""
    for path, shown in instead_of.items():
        output = output.replace(path, shown)
    lines = (line.strip() for line in clean(output).splitlines())
    said = [line for line in lines if line and not line.startswith(("# ", "exit status"))]
    text = "; ".join(said[:_MOST_LINES])
    return text if len(text) <= _MOST_CHARACTERS else text[:_MOST_CHARACTERS] + " ..."


async def _drain(stream: asyncio.StreamReader | None) -> bytes:
    kept = bytearray()
    while stream is not None and (chunk := await stream.read(_MOST_OUTPUT)):
        kept += chunk[: _MOST_OUTPUT - len(kept)]
    return bytes(kept)
