"""Says on a terminal at once what a command is busy with, and takes it back before it answers.

Elsewhere it prints nothing: a log wants answers only.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Generator
from contextlib import contextmanager

_ERASE = "\r\x1b[K"


@contextmanager
def waiting(words: str) -> Generator[None]:
    """Show `words` on stderr while the body runs, if somebody is there to see it."""
    shown = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
    if shown:
        sys.stderr.write(words)
        sys.stderr.flush()
    try:
        yield
    finally:
        if shown:
            sys.stderr.write(_ERASE)
            sys.stderr.flush()
