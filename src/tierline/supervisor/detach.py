"""Leaves the terminal and the parent: a child of nobody that says once whether it came to life."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import NoReturn

from tierline.errors import TierlineError
from tierline.targets.local.rendezvous import WORDLESS

_DIARY_LIMIT = 1024 * 1024


class Announcement:
    """Where the parent waits for the first word. Without a parent nobody hears it."""

    def __init__(self, descriptor: int | None) -> None:
        self._descriptor = descriptor

    def alive(self) -> None:
        """We answer requests."""
        self._say(b"")

    def failed(self, error: TierlineError) -> None:
        """We could not come to life."""
        text = f"{error.message}\n{error.fix}" if error.fix else error.message
        self._say(b"!" + text.encode(errors="replace"))

    def _say(self, text: bytes) -> None:
        if self._descriptor is not None:
            os.write(self._descriptor, text or b".")
            os.close(self._descriptor)
            self._descriptor = None


def detach(diary: Path) -> Announcement:
    """Return only in the detached process; the one that was called waits for its word and exits.

    Exit code 0 once it lives, 1 with its words on stderr if it does not, WORDLESS without any. Must be called before
    threads or an event loop exist.
    """
    hears, says = os.pipe()
    child = os.fork()
    if child:
        os.close(says)
        _relay(hears, child)
    os.close(hears)
    os.setsid()
    if os.fork():
        os._exit(0)
    os.chdir("/")
    _redirect(diary)
    return Announcement(says)


def _relay(hears: int, child: int) -> NoReturn:
    os.waitpid(child, 0)
    with open(hears, "rb") as pipe:
        word = pipe.read()
    if word[:1] == b".":
        os._exit(0)
    text = word[1:].decode(errors="replace")
    sys.stderr.write((text or "it died without a word") + "\n")
    sys.stderr.flush()
    os._exit(1 if text else WORDLESS)


def _redirect(diary: Path) -> None:
    """Standard streams away from the terminal; stderr to a file of bounded size."""
    null = os.open("/dev/null", os.O_RDWR)
    try:
        if diary.exists() and diary.stat().st_size > _DIARY_LIMIT:
            diary.unlink()
        said = os.open(diary, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError:
        said = null
    for target, source in ((0, null), (1, said), (2, said)):
        os.dup2(source, target)
    for descriptor in {null, said}:
        os.close(descriptor)
