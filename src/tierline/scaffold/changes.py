"""Writes several files of a repository, all or none; knows nothing of what they hold.

Every file is written beside its place first and moved there last, so that what fails early leaves
no trace and what fails late is undone. A link is never followed: the repository may be hostile.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from tierline.errors import PermanentError, UsageError
from tierline.frozen import frozen
from tierline.mesh.clean import clean

_PART = ".tierline-part"


@frozen
class Change:
    """One file below `within`. `before` is what it held when it was read, None where it is new."""

    within: Path
    path: str
    content: bytes
    before: bytes | None = None
    executable: bool = False

    @property
    def file(self) -> Path:
        """Where it is on the disk."""
        return self.within / self.path


def conflicts(changes: Sequence[Change]) -> tuple[str, ...]:
    """Every reason why these changes cannot be made, as sentences; nothing is touched."""
    return tuple(reason for change in changes for reason in _conflict(change))


def _conflict(change: Change) -> Iterator[str]:
    shown = clean(change.path, 200)
    folder = change.within
    for part in Path(change.path).parts[:-1]:
        folder = folder / part
        mode = _mode(folder)
        if mode is not None and not stat.S_ISDIR(mode):
            what = "a link, and nothing is written through one" if stat.S_ISLNK(mode) else "a file"
            yield f"{shown}: {clean(str(folder.relative_to(change.within)), 200)} is {what}"
            return
    mode = _mode(change.file)
    if change.before is None and mode is not None:
        yield f"{shown} exists already"
    elif change.before is not None and (mode is None or not stat.S_ISREG(mode)):
        yield f"{shown} is no regular file (any more)"
    elif change.before is not None and _content(change.file) != change.before:
        yield f"{shown} was changed meanwhile"


def _mode(path: Path) -> int | None:
    try:
        return path.lstat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return None


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def make(changes: Sequence[Change]) -> None:
    """Make all of them, in order, or none.

    UsageError with every conflict; PermanentError where the system refuses, and then all is as it
    was.
    """
    found = conflicts(changes)
    if found:
        raise UsageError(
            "nothing was written:\n  " + "\n  ".join(found),
            code="write/conflict",
            fix="move those away, or run the command again",
        )
    work = _Work()
    try:
        for change in changes:
            work.stage(change)
        for change in changes:
            work.move(change)
    except OSError as error:
        work.undo()
        where = clean(str(error.filename or ""), 200)
        raise PermanentError(
            f"nothing was written: {where}: {error.strerror or error}",
            code="write/failed",
            fix="make room and rights there, and run the command again",
        ) from error
    except BaseException:
        work.undo()
        raise


@dataclass(slots=True)
class _Work:
    folders: list[Path] = field(default_factory=list[Path])
    staged: list[Path] = field(default_factory=list[Path])
    moved: list[Change] = field(default_factory=list[Change])

    def stage(self, change: Change) -> None:
        """Write the new content beside its place."""
        self._folder(change.file.parent)
        part = _part(change)
        self.staged.append(part)
        part.write_bytes(change.content)
        mode = stat.S_IMODE(change.file.stat().st_mode) if change.before is not None else 0o644
        part.chmod(0o755 if change.executable else mode)

    def _folder(self, folder: Path) -> None:
        if not folder.exists():
            self._folder(folder.parent)
            folder.mkdir()
            self.folders.append(folder)

    def move(self, change: Change) -> None:
        """Put it in its place."""
        _part(change).replace(change.file)
        self.moved.append(change)

    def undo(self) -> None:
        """As it was: what was moved back, what was staged and made away."""
        for change in reversed(self.moved):
            with suppress(OSError):
                if change.before is None:
                    change.file.unlink()
                else:
                    part = _part(change)
                    part.write_bytes(change.before)
                    part.chmod(stat.S_IMODE(change.file.stat().st_mode))
                    part.replace(change.file)
        for part in self.staged:
            with suppress(OSError):
                part.unlink(missing_ok=True)
        for folder in reversed(self.folders):
            with suppress(OSError):
                folder.rmdir()


def _part(change: Change) -> Path:
    return change.file.with_name(f".{change.file.name[:200]}{_PART}.{os.getpid()}")
