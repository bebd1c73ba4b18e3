"""Reads a folder into a Tree: every path, the content of wanted files; trusts nothing in it.

Symlinks are followed only inside the folder; what is no regular file is never opened. Knows nothing
of what the files mean.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tierline.errors import PermanentError
from tierline.mesh.clean import UNPRINTABLE
from tierline.mesh.tree import Entry, Kind, Tree

FILE_LIMIT = 32 * 1024 * 1024
"""bytes of a file beyond which it is not read"""
TOTAL_LIMIT = 512 * 1024 * 1024
"""bytes of all files together"""
ENTRY_LIMIT = 3_000_000
"""paths of a mesh"""
DEPTH_LIMIT = 64
LINKED_LIMIT = 100_000
"""paths met through symlinked folders: links may multiply a tree"""
SKIPPED = frozenset({".git"})
_PIECE = 1 << 20
"""bytes of a file that are read at once at most"""

_FOLDER = Entry(Kind.FOLDER)

Wanted = Callable[[str], bool]


@dataclass(slots=True)
class Folder:
    """A folder to list. `real` is where it is, `parents` are real paths of linked folders around it."""

    path: str
    real: bytes
    depth: int
    parents: frozenset[bytes] = frozenset()


def read_tree(root: Path, label: str, wanted: Wanted, inside: Path | None = None) -> Tree:
    """Every path below `root`; contents where `wanted(path)` says so.

    `inside` is the folder that links may not leave, `root` itself unless given. Raises
    PermanentError where `root` cannot be listed or holds more than ENTRY_LIMIT paths.
    """
    return read_around(root, label, wanted, lambda _: False, inside)[0]


def read_around(
    root: Path,
    label: str,
    wanted: Wanted,
    closed: Callable[[str], bool],
    inside: Path | None = None,
) -> tuple[Tree, tuple[Folder, ...]]:
    """As `read_tree`, without looking into the folders whose paths are `closed`; and these folders."""
    try:
        os.scandir(root).close()
    except OSError as error:
        raise PermanentError(
            f"{label}: cannot be listed: {error.strerror}",
            code="structure/unreadable",
            fix="make the folder readable, or name another with --root-path",
        ) from error
    walk = Walk(os.path.realpath(os.fsencode(inside or root)), wanted, closed)
    walk.run(Folder("", os.path.realpath(os.fsencode(root)), 0))
    return walk.tree(label), tuple(walk.left)


@dataclass(slots=True)
class Walk:
    """Lists folders and reads the files that are wanted; links may not leave `inside`.

    With `noted` a list, it notes there every path in the order met, with its place and what the
    system said of it before it was opened; links, which `links` counts, are not among them.
    """

    inside: bytes
    wanted: Wanted
    closed: Callable[[str], bool] = lambda _: False
    entries: dict[str, Entry] = field(default_factory=dict[str, Entry])
    left: list[Folder] = field(default_factory=list[Folder])
    noted: list[tuple[bytes, os.stat_result]] | None = None
    read: int = 0
    linked: int = 0
    links: int = 0

    def run(self, start: Folder) -> None:
        """List `start` and all below it, which `entries` then holds."""
        waiting = [start]
        while waiting:
            folder = waiting.pop()
            if folder.path and self.closed(folder.path):
                self.left.append(folder)
            else:
                waiting.extend(self._list(folder))

    def tree(self, label: str) -> Tree:
        """Everything met, in order."""
        return Tree(label, {path: self.entries[path] for path in sorted(self.entries)})

    def _list(self, folder: Folder) -> Iterator[Folder]:
        try:
            if self.noted is not None:
                self.noted.append((folder.real, os.lstat(folder.real)))
            with os.scandir(folder.real) as found:
                listed = list(found)
        except OSError as error:
            self.entries[folder.path] = Entry(Kind.UNREADABLE, trouble=_reason(error))
            return
        if len(self.entries) + len(listed) > ENTRY_LIMIT:
            raise PermanentError(
                f"more than {ENTRY_LIMIT} paths",
                code="structure/too-large",
                fix="name the mesh's own folder with --root-path",
            )
        for item in listed:
            name = os.fsdecode(item.name)
            if name in SKIPPED:
                continue
            if UNPRINTABLE.search(name):
                path = _join(folder.path, name.encode("unicode_escape").decode("ascii"))
                trouble = "control or undecodable characters in its name"
                self.entries[path] = Entry(Kind.OTHER, trouble=trouble)
                continue
            following = self._entry(item, _join(folder.path, name), folder)
            if following is not None:
                yield following

    def _entry(self, item: os.DirEntry[bytes], path: str, folder: Folder) -> Folder | None:
        try:
            if item.is_symlink():
                return self._link(item, path, folder)
            if item.is_dir(follow_symlinks=False):
                return self._descend(path, item.path, folder, folder.parents)
            info = item.stat(follow_symlinks=False)
        except OSError as error:
            self.entries[path] = Entry(Kind.UNREADABLE, trouble=_reason(error))
            return None
        if self.noted is not None:
            self.noted.append((item.path, info))
        self.entries[path] = self._file(path, item.path, info)
        return None

    def _link(self, item: os.DirEntry[bytes], path: str, folder: Folder) -> Folder | None:
        real = os.path.realpath(item.path)
        self.links += 1
        if real != self.inside and not real.startswith(self.inside.rstrip(b"/") + b"/"):
            self.entries[path] = Entry(Kind.ESCAPE)
            return None
        try:
            info = os.stat(real)  # noqa: PTH116 - names are bytes here
        except OSError:
            self.entries[path] = Entry(Kind.UNREADABLE, trouble="a symlink that leads nowhere")
            return None
        if not stat.S_ISDIR(info.st_mode):
            self.entries[path] = self._file(path, real, info)
            return None
        around = _join_bytes(folder.real)
        if around.startswith(_join_bytes(real)) or real in folder.parents:
            self.entries[path] = Entry(Kind.OTHER, trouble="a symlink to a folder around it")
            return None
        return self._descend(path, real, folder, folder.parents | {real})

    def _descend(
        self, path: str, real: bytes, folder: Folder, parents: frozenset[bytes]
    ) -> Folder | None:
        self.linked += bool(parents)
        if folder.depth >= DEPTH_LIMIT or self.linked > LINKED_LIMIT:
            self.entries[path] = Entry(Kind.OTHER, trouble="nested too deep")
            return None
        self.entries[path] = _FOLDER
        return Folder(path, real, folder.depth + 1, parents)

    def _file(self, path: str, real: bytes, info: os.stat_result) -> Entry:
        if not stat.S_ISREG(info.st_mode):
            return Entry(Kind.OTHER, trouble="a socket, pipe or device")
        if not self.wanted(path):
            return Entry(Kind.FILE, info.st_size)
        if info.st_size > FILE_LIMIT:
            trouble = f"{info.st_size} bytes (limit {FILE_LIMIT})"
            return Entry(Kind.FILE, info.st_size, None, trouble)
        if self.read + info.st_size > TOTAL_LIMIT:
            trouble = f"the mesh's files together are more than {TOTAL_LIMIT} bytes"
            return Entry(Kind.FILE, info.st_size, None, trouble)
        try:
            content = read_regular(real, FILE_LIMIT)
        except OSError as error:
            return Entry(Kind.UNREADABLE, info.st_size, None, _reason(error))
        self.read += len(content)
        return Entry(Kind.FILE, len(content), content)


def read_regular(path: bytes | str | Path, limit: int) -> bytes:
    """The first `limit` bytes of a regular file; OSError for links, pipes, devices."""
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    descriptor = os.open(path, flags)
    try:
        info = os.fstat(descriptor)
        if not stat.S_ISREG(info.st_mode):
            raise OSError(0, "not a regular file")
        chunks: list[bytes] = []
        left, piece = limit, min(info.st_size + 1, _PIECE)
        while left > 0 and (chunk := os.read(descriptor, asked := min(left, piece))):
            chunks.append(chunk)
            left -= len(chunk)
            if len(chunk) < asked and limit - left >= info.st_size:
                break  # all of it, and then its end: nothing is asked twice of small files
        return b"".join(chunks)
    finally:
        os.close(descriptor)


def _reason(error: OSError) -> str:
    return error.strerror or "the system refuses"


def _join(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


def _join_bytes(folder: bytes) -> bytes:
    return folder.rstrip(b"/") + b"/"
