"""SQLite's troubles in our words: locked, full, forbidden, damaged, of another version."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DatabaseError, OperationalError

from tierline.errors import PermanentError, TemporaryError, TierlineError
from tierline.store.chain import FIX_DAMAGED
from tierline.store.protocol import LOCKED

FIX_PLACE = "free space or permissions there, then run the same command again"
UNAVAILABLE = "store/unavailable"
DAMAGED = "journal/damaged"
_WRITING = "120"
"""the byte of the -shm file that a writer locks, see sqlite.org/walformat.html"""
_STOPPED = "Tt"
_LOCKS = Path("/proc/locks")


@contextmanager
def translated(path: Path) -> Generator[None]:
    """SQLAlchemy's errors as ours: locked, full and read-only media may recover."""
    try:
        yield
    except OperationalError as error:
        raise _passing(path, error) from error
    except DatabaseError as error:
        raise PermanentError(f"{path}: {error.orig}", code=DAMAGED, fix=FIX_DAMAGED) from error


@contextmanager
def understood(path: Path, table: str) -> Generator[None]:
    """Values of rows without a seal that we never wrote, as damage."""
    try:
        yield
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise PermanentError(
            f"{path}: a row of {table} is not what was written", code=DAMAGED, fix=FIX_DAMAGED
        ) from error


def newer(path: Path, version: int) -> PermanentError:
    """The error for a journal that only a newer tierline understands."""
    return PermanentError(
        f"{path} was written by a newer tierline (schema {version})",
        code="store/newer",
        fix="use that version, or give another state folder with XDG_STATE_HOME",
    )


def _passing(path: Path, error: OperationalError) -> TierlineError:
    code = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_ERROR:  # the file is well, and its tables are not ours
        return PermanentError(f"{path}: {error.orig}", code=DAMAGED, fix=FIX_DAMAGED)
    if code not in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return TemporaryError(f"{path}: {error.orig}", code=UNAVAILABLE, fix=FIX_PLACE)
    pid = _writer(path)
    if not pid:
        fix = "run the same command again"
        return TemporaryError(f"{path}: {error.orig}", code=LOCKED, fix=fix)
    state, command = _process(pid)
    stopped = state in _STOPPED
    return TemporaryError(
        f"{path} is locked by pid {pid} ({command})" + (", which is stopped" if stopped else ""),
        code=LOCKED,
        fix=f"let it go on (kill -CONT {pid}) or end it (kill -9 {pid}): nothing half-written stays"
        if stopped
        else "run the same command again",
    )


def _writer(path: Path) -> int:
    """The process in the middle of a transaction, as the kernel tells; 0 if nobody knows."""
    try:
        inode = path.with_name(f"{path.name}-shm").stat().st_ino
        lines = _LOCKS.read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    for line in lines:
        words = line.split()
        if "->" in words or words[5].rpartition(":")[2] != str(inode):
            continue
        if words[3] == "WRITE" and words[6] == words[7] == _WRITING:
            return max(0, int(words[4]))
    return 0


def _process(pid: int) -> tuple[str, str]:
    """Its state in one letter and its command, at most 80 characters."""
    folder = Path(f"/proc/{pid}")
    try:
        state = (folder / "stat").read_bytes().rpartition(b")")[2].split()[0].decode()
        command = (
            (folder / "cmdline").read_bytes()[:400].replace(b"\0", b" ").decode(errors="replace")
        )
    except OSError:
        return "?", "gone"
    return state, command.strip()[:80]
