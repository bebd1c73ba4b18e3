"""A process that compares stamps while the command reads the rest of the mesh; decides nothing else.

`python -P -m tierline.evidence.remembered.holding` reads what to compare from a file and answers
with a byte a folder, in order: 1 where its stamp holds. Whatever it does not answer is compared by
who asks.
"""

from __future__ import annotations

import gc
import os
import select
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from tierline.evidence.stamps import holds

if TYPE_CHECKING:
    from subprocess import Popen

MANY = 300
"""folders from which on a process of its own is worth its start"""
PATIENCE_SECONDS = 20.0
"""how long it may answer nothing, though every answer is sent as soon as a few are known"""
_FEW = 50
_COMMAND = ("-P", "-m", "tierline.evidence.remembered.holding")

Stamped = tuple[bytes, int, bytes]
"""a folder's path below the root, the number of its names, its digest"""


def compare(names: Sequence[bytes], stamped: Sequence[Stamped], root: bytes) -> Iterator[bool]:
    """Whether each stamp holds; `names` are those of stamps, parted by NUL."""
    split = [one.split(b"\0") for one in names]
    for path, number, digest in stamped:
        yield holds(root + b"/" + path, split[number], digest)


class Comparing:
    """Stamps that another process compares, from now on; nothing waits until the answer is asked for."""

    def __init__(self, names: Sequence[bytes], stamped: Sequence[Stamped], root: bytes) -> None:
        self._asked = names, stamped, root
        self._answers: list[bool] | None = None
        self._process: Popen[bytes] | None = None
        if len(stamped) >= MANY and len(os.sched_getaffinity(0)) > 1:
            with suppress(OSError):
                self._process = _started(self._asked)

    def answers(self) -> list[bool]:
        """One for every stamp, the same however often it is asked; ends the process."""
        if self._answers is None:
            names, stamped, root = self._asked
            told = self._told(len(stamped))
            self._answers = [*told, *compare(names, stamped[len(told) :], root)]
        return self._answers

    def _told(self, most: int) -> list[bool]:
        process, found = self._process, bytearray()
        if process is None or process.stdout is None:
            return []
        with process, process.stdout as stream:
            while len(found) < most and select.select([stream], [], [], PATIENCE_SECONDS)[0]:
                piece = os.read(stream.fileno(), 1 << 16)
                if not piece:
                    break
                found += piece
            process.kill()
        return [one == 1 for one in found[:most]]


def _started(task: tuple[Sequence[bytes], Sequence[Stamped], bytes]) -> Popen[bytes]:
    from subprocess import DEVNULL, PIPE, Popen  # noqa: PLC0415 - late: only large meshes need it
    from tempfile import TemporaryFile  # noqa: PLC0415

    from msgspec import msgpack  # noqa: PLC0415

    with TemporaryFile() as file:
        file.write(msgpack.encode(task))
        file.seek(0)
        return Popen((sys.executable, *_COMMAND), stdin=file, stdout=PIPE, stderr=DEVNULL)


def main() -> None:
    """Compare what stdin says."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it ends by itself, and soon
    gc.disable()  # for the same reason
    from msgspec import msgpack  # noqa: PLC0415 - as above

    task = msgpack.decode(sys.stdin.buffer.read(), type=tuple[list[bytes], list[Stamped], bytes])
    waiting = bytearray()
    for held in compare(*task):
        waiting.append(held)
        if len(waiting) == _FEW:
            os.write(1, waiting)
            waiting.clear()
    os.write(1, waiting)


if __name__ == "__main__":
    with suppress(BrokenPipeError):
        main()
