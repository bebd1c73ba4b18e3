"""Standard streams that cannot break a command; knows nothing of what is printed.

A missing one is /dev/null, so that no file of ours gets its number. A reader that left is no error:
the exit code still says what was decided. A message that cannot be written is lost; a document that
cannot be written is an error.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable
from typing import TextIO, TypeVar

from tierline.errors import PermanentError

T = TypeVar("T")


class Lasting(io.TextIOWrapper):
    """Writes what the stream behind it takes, in characters that it knows; drops what follows."""

    def __init__(self, number: int, encoding: str, *, must_arrive: bool) -> None:
        super().__init__(
            io.BufferedWriter(io.FileIO(number, "w", closefd=False)),
            encoding,
            "backslashreplace",
            line_buffering=os.isatty(number) or not must_arrive,
        )
        self._must_arrive = must_arrive

    def write(self, s: str, /) -> int:
        """Write, or drop it where nobody reads any more."""
        return self._tried(lambda: super(Lasting, self).write(s), len(s))

    def flush(self) -> None:
        """Flush, or drop it where nobody reads any more."""
        self._tried(super().flush, None)

    def _tried(self, act: Callable[[], T], otherwise: T) -> T:
        try:
            return act()
        except OSError as error:
            _open(self.fileno(), os.O_WRONLY)
            if self._must_arrive and not isinstance(error, BrokenPipeError):
                raise PermanentError(
                    f"the output cannot be written: {error.strerror}",
                    code="tool/output",
                    fix="give it a place with room, then run the same command again",
                ) from error
            return otherwise


def install() -> None:
    """Replace the standard streams of this process; call it before any file is opened."""
    for number, mode in ((0, os.O_RDONLY), (1, os.O_WRONLY), (2, os.O_WRONLY)):
        try:
            os.fstat(number)
        except OSError:
            _open(number, mode)
    sys.stdin = sys.stdin or open(0, closefd=False)  # noqa: SIM115 - it stays open
    sys.stdout = Lasting(1, _encoding(sys.stdout), must_arrive=True)
    sys.stderr = Lasting(2, _encoding(sys.stderr), must_arrive=False)


def _encoding(stream: TextIO | None) -> str:
    return stream.encoding if stream else "utf-8"


def _open(number: int, mode: int) -> None:
    """Let this descriptor be /dev/null."""
    null = os.open(os.devnull, mode)
    if null != number:
        os.dup2(null, number)
        os.close(null)
