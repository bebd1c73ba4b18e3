"""Digests of files and folders of a mesh, each read once a run; knows nothing of what they mean.

A folder's digest covers the relative name, kind, executable bit and content of all below it, in
code point order, but for what tools leave behind (`IGNORED`). A link is its own text, and besides
that the content it names, if that is in the mesh; nothing outside the mesh is ever read.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tierline.facts.revision import UNKNOWN, digest_of

MISSING = "missing"
"""the digest of what is not there"""
IGNORED = frozenset(
    {
        ".git",
        ".hg",
        ".svn",
        ".mypy_cache",
        ".pytest_cache",
        ".ruff_cache",
        ".venv",
        "__pycache__",
        "node_modules",
    }
)
MOST_FILES = 50_000
MOST_DEEP = 64
_PIECE = 1 << 20
_NONE: frozenset[str] = frozenset()

FileStamp = tuple[str, int, int, int, int]
"""path, size, mtime and ctime in ns, inode: a file that has all of them again is the same"""


class _Unreadable(Exception):  # noqa: N818 - a fact about a folder, turned into UNKNOWN here
    """A folder cannot be told as a whole."""


@dataclass(slots=True)
class Content:
    """Digests below one mesh root; paths are relative to it, with `/`, "" for the root itself."""

    root: str
    _files: dict[FileStamp, str] = field(default_factory=dict[FileStamp, str])
    _trees: dict[tuple[str, frozenset[str]], str] = field(
        default_factory=dict[tuple[str, frozenset[str]], str]
    )
    _open: set[str] = field(default_factory=set[str])
    _real: dict[str, str] = field(default_factory=dict[str, str])
    """folder -> where it really is: working that out takes longer than reading a file's times"""

    @classmethod
    def below(cls, root: Path) -> Content:
        """Nothing read yet."""
        return cls(os.path.realpath(root))

    def afresh(self) -> Content:
        """To look again: folders are walked anew, files that did not change not read again."""
        return Content(self.root, self._files)

    def file(self, path: str) -> str:
        """Of one file; MISSING where there is none, UNKNOWN where it cannot or must not be read."""
        place = self._inside(path)
        if place is None:
            return UNKNOWN
        try:
            info = os.stat(place)  # noqa: PTH116 - a thousand times a run
            return self._digest(place, info) if stat.S_ISREG(info.st_mode) else UNKNOWN
        except (FileNotFoundError, NotADirectoryError):
            return MISSING
        except OSError:
            return UNKNOWN

    def read(self, path: str, limit: int = _PIECE) -> bytes | None:
        """The content of a regular file of at most `limit` bytes inside the mesh, else None."""
        place = self._inside(path)
        if place is None:
            return None
        try:
            info = os.stat(place)  # noqa: PTH116 - a thousand times a run
            if not stat.S_ISREG(info.st_mode) or info.st_size > limit:
                return None
            return Path(place).read_bytes()
        except OSError:
            return None

    def tree(self, folder: str, without: frozenset[str] = _NONE) -> str:
        """Of a folder without the folders named; MISSING, or UNKNOWN if any of it is unreadable."""
        key = (folder, without)
        if key not in self._trees:
            self._trees[key] = self._tree(folder, without)
        return self._trees[key]

    def files(self, folder: str) -> tuple[str, ...]:
        """The regular files below a folder, relative to the mesh root; empty if unreadable."""
        place = self._inside(folder)
        if place is None:
            return ()
        try:
            return tuple(
                f"{folder}/{name}"
                for name, entry in sorted(self._entries(place, "", folder, _NONE))
                if entry.is_file(follow_symlinks=False)
            )
        except (OSError, _Unreadable):
            return ()

    def folders(self, folder: str = "") -> tuple[str, ...]:
        """The names of the folders directly in a folder that may be built from, sorted."""
        place = self._inside(folder)
        try:
            with os.scandir(place) as found:
                names = [e.name for e in found if e.is_dir(follow_symlinks=False)]
        except OSError:
            return ()
        return tuple(sorted(n for n in names if n not in IGNORED and not n.startswith(".")))

    def _inside(self, path: str) -> str | None:
        folder, _, name = path.rpartition("/")
        if folder not in self._real:
            self._real[folder] = os.path.realpath(f"{self.root}/{folder}")
        place = f"{self._real[folder]}/{name}"
        if name in {"", ".", ".."} or os.path.islink(place):  # noqa: PTH114 - a thousand times a run
            place = os.path.realpath(f"{self.root}/{path}")
        inside = place == self.root or place.startswith(self.root + os.sep)
        return place if inside else None

    def _tree(self, folder: str, without: frozenset[str]) -> str:
        place = self._inside(folder)
        if place is None or place in self._open:
            return UNKNOWN
        self._open.add(place)
        try:
            parts: list[bytes] = []
            for name, entry in sorted(self._entries(place, "", folder, without)):
                parts += (os.fsencode(name), *self._told(entry))
            return digest_of(parts)
        except FileNotFoundError:
            return MISSING
        except (OSError, _Unreadable):
            return UNKNOWN
        finally:
            self._open.discard(place)

    def _entries(
        self, place: str, prefix: str, folder: str, without: frozenset[str]
    ) -> Iterator[tuple[str, os.DirEntry[str]]]:
        waiting = [(place, prefix)]
        count = 0
        while waiting:
            place, prefix = waiting.pop()
            with os.scandir(place) as found:
                for entry in found:
                    name = entry.name
                    if name in IGNORED or name.endswith(".pyc"):
                        continue
                    count += 1
                    relative = prefix + name
                    if not entry.is_dir(follow_symlinks=False):
                        yield relative, entry
                    elif f"{folder}/{relative}" not in without:
                        waiting.append((entry.path, relative + "/"))
            if count > MOST_FILES or prefix.count("/") > MOST_DEEP:
                raise _Unreadable

    def _told(self, entry: os.DirEntry[str]) -> tuple[bytes, ...]:
        info = entry.stat(follow_symlinks=False)
        if stat.S_ISREG(info.st_mode):
            kind = b"x" if info.st_mode & stat.S_IXUSR else b"-"
            return kind, self._digest(entry.path, info).encode()
        if not stat.S_ISLNK(info.st_mode):
            return b"other", stat.filemode(info.st_mode)[:1].encode()
        text = os.fsencode(os.readlink(entry.path))  # noqa: PTH115 - DirEntry gives a str
        place = os.path.realpath(entry.path)
        if not place.startswith(self.root + os.sep):
            return b"link", text, b"outside"
        named = place[len(self.root) + 1 :]
        inner = self.tree(named) if entry.is_dir() else self.file(named)
        if inner == UNKNOWN:
            raise _Unreadable
        return b"link", text, inner.encode()

    def _digest(self, place: str, info: os.stat_result) -> str:
        stamp = (place, info.st_size, info.st_mtime_ns, info.st_ctime_ns, info.st_ino)
        known = self._files.get(stamp)
        if known is None:
            known = self._files[stamp] = _read_digest(place)
        return known


def _read_digest(place: str) -> str:
    total = hashlib.sha256()
    handle = os.open(place, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        while piece := os.read(handle, _PIECE):
            total.update(piece)
    finally:
        os.close(handle)
    return total.hexdigest()[:32]
