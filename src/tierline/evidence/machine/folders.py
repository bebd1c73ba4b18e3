"""Tries the folders that tierline keeps things in: room, journal, socket; leaves nothing behind.

What is tried is tried in a folder of its own for a moment, made where the real one is or, before
there is one, in the nearest folder above.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import socket
import sqlite3
import stat
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from tierline.facts.machine import Folder, Step
from tierline.frozen import frozen

_MOUNTS = Path("/proc/self/mountinfo")


@frozen
class Wanted:
    """A folder to try: the folders of ours on the way to it, outermost first, and what sets it."""

    role: str
    variable: str
    steps: tuple[Path, ...]

    @property
    def path(self) -> Path:
        """The innermost."""
        return self.steps[-1]


def folder(wanted: Wanted) -> Folder:
    """Everything that can be found out about it."""
    steps = tuple(step for path in wanted.steps if (step := _step(path)) is not None)
    tried = next((p for p in (wanted.path, *wanted.path.parents) if p.is_dir()), Path("/"))
    found = Folder(wanted.role, str(wanted.path), wanted.variable, steps, str(tried))
    return _tried(replace(found, file_system=_file_system(tried)), tried)


def _step(path: Path) -> Step | None:
    try:
        status = path.lstat()
    except OSError:
        return None
    mode = stat.S_IMODE(status.st_mode)
    return Step(str(path), status.st_uid, mode, stat.S_ISDIR(status.st_mode))


def _tried(found: Folder, place: Path) -> Folder:
    with contextlib.suppress(OSError):
        status = os.statvfs(place)
        inodes = status.f_favail if status.f_files else None
        found = replace(found, free_bytes=status.f_bavail * status.f_frsize, free_inodes=inodes)
    try:
        trial = Path(tempfile.mkdtemp(prefix=".tierline-doctor-", dir=place))
    except OSError as error:
        return replace(found, trouble=error.strerror or str(error))
    try:
        if found.role == "state":
            found = replace(found, stores=_stores(trial))
        if found.role == "runtime":
            found = replace(found, meets=_meets(trial))
        return found
    finally:
        shutil.rmtree(trial, ignore_errors=True)


def _stores(trial: Path) -> str:
    """Why a journal does not work there; "" where it does."""
    try:
        connection = sqlite3.connect(trial / "journal.db", isolation_level=None, timeout=1)
        try:
            mode = connection.execute("PRAGMA journal_mode=WAL").fetchone()[0]
            if mode != "wal":
                return f"SQLite has no write-ahead log there, only {mode}"
            connection.execute("PRAGMA synchronous=FULL")
            connection.execute("CREATE TABLE trial (value INTEGER)")
            connection.execute("INSERT INTO trial VALUES (1)")
            beside = sqlite3.connect(trial / "journal.db", timeout=1)
            try:
                seen = beside.execute("SELECT count(*) FROM trial").fetchone()[0]
            finally:
                beside.close()
            if seen != 1:
                return "SQLite does not read there what was just written"
        finally:
            connection.close()
    except sqlite3.Error as error:
        return f"SQLite does not work there: {error}"
    return _locks(trial / "lock")


def _locks(path: Path) -> str:
    try:
        with path.open("wb") as file, path.open("rb") as other:
            file.write(b"x")
            file.flush()
            os.fsync(file.fileno())
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            try:
                fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return ""
            return "a file there can be locked twice at once"
    except OSError as error:
        return f"fsync or lock: {error.strerror}"


def _meets(trial: Path) -> str:
    """Why a unix socket does not work there; reached through a descriptor, as paths may be long."""
    opened = os.open(trial, os.O_PATH | os.O_DIRECTORY)
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as server:
            server.bind(f"/proc/self/fd/{opened}/s")
            server.listen(1)
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
                client.settimeout(1)
                client.connect(f"/proc/self/fd/{opened}/s")
    except OSError as error:
        return f"no socket works there: {error.strerror or error}"
    finally:
        os.close(opened)
    return ""


def dated_apart(place: str) -> float | None:
    """Seconds by which the file system dates a new file differently from our clock."""
    try:
        before = time.time()
        with tempfile.TemporaryFile(dir=place) as file:
            dated = os.fstat(file.fileno()).st_mtime
        after = time.time()
    except OSError:
        return None
    return min(0.0, dated - before) + max(0.0, dated - after)


def _file_system(path: Path) -> str:
    """The kind of file system that a path is on: the longest mount point above it."""
    best, kind = "", ""
    with contextlib.suppress(OSError, ValueError, IndexError):
        for line in _MOUNTS.read_text(encoding="utf-8", errors="replace").splitlines():
            before, _, after = line.partition(" - ")
            point = before.split(" ")[4]
            inside = path == Path(point) or Path(point) in path.parents
            if inside and len(point) >= len(best):
                best, kind = point, after.split(" ")[0]
    return kind
