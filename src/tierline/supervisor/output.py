"""What workloads print: kept within a size, read from the end, cleaned; knows no service.

Programs write to a file themselves, in append mode, so that they neither block nor break when we
die. The file is kept small by giving the blocks of its oldest part back to the file system (a
hole): no line is lost or torn, whatever the program writes meanwhile, which copying and truncating
cannot promise. Its size as listed keeps growing, the space it takes does not. Where the file system
cannot do that, the file is emptied instead.
"""

from __future__ import annotations

import ctypes
import errno
import os
from pathlib import Path

from tierline.frozen import frozen
from tierline.targets.words import clean, decisive

LIMIT = 10 * 1024 * 1024
"""bytes that the output of one start may take on disk, give or take what a second brings"""
_KEEP_SIZE, _PUNCH_HOLE = 1, 2
_BLOCK = 64 * 1024
_LINE = 8 * 1024
_TRACE = 500
"""lines from the end in which the error of a crash is looked for"""
_libc = ctypes.CDLL(None, use_errno=True)
_libc.fallocate.argtypes = (ctypes.c_int, ctypes.c_int, ctypes.c_int64, ctypes.c_int64)


def keep_within(path: Path, limit: int = LIMIT) -> bool:
    """Free the oldest part if the file takes more than `limit` bytes; the newest half stays.

    True if something was freed. OSError if the file cannot be read.
    """
    found = path.stat()
    if found.st_blocks * 512 <= limit:
        return False
    descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    try:
        free = (found.st_size - limit // 2) // 4096 * 4096
        failed = _libc.fallocate(descriptor, _KEEP_SIZE | _PUNCH_HOLE, 0, max(free, 4096))
        if failed and ctypes.get_errno() in (errno.EOPNOTSUPP, errno.ENOSYS):
            os.ftruncate(descriptor, 0)
            return True
        return not failed
    finally:
        os.close(descriptor)


@frozen
class Line:
    """A line and where it ends in its file."""

    end: int
    text: str


def first_byte(descriptor: int) -> int:
    """Where the file's content begins: after the hole."""
    try:
        return os.lseek(descriptor, 0, os.SEEK_DATA)
    except OSError:
        return 0


def newest(path: Path, limit: int) -> tuple[Line, ...]:
    """The last `limit` lines, oldest first; none if there is no file."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return ()
    try:
        first, end = first_byte(descriptor), os.fstat(descriptor).st_size
        begin, data = end, b""
        while begin > first and data.count(b"\n") <= limit and len(data) < LIMIT:
            step = min(_BLOCK, begin - first)
            begin -= step
            data = os.pread(descriptor, step, begin) + data
        return _lines(data, begin, torn=begin > 0, ending=True)[-limit:] if limit > 0 else ()
    finally:
        os.close(descriptor)


def after(path: Path, begin: int, *, ending: bool = False) -> tuple[Line, ...]:
    """Complete lines behind an offset, at most some hundred kilobytes of them at a time.

    `ending` takes an unfinished last line too. A file that was emptied is read from its start.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return ()
    try:
        size = os.fstat(descriptor).st_size
        begin = 0 if begin > size else begin
        return _lines(os.pread(descriptor, 8 * _BLOCK, begin), begin, torn=False, ending=ending)
    finally:
        os.close(descriptor)


def last_words(path: Path, size: int = 400) -> str:
    """The line of the newest output that says why a program ended, cut after `size` characters."""
    try:
        said = [line.text for line in newest(path, _TRACE)]
    except OSError:
        return ""
    return decisive(said)[:size]


def _lines(data: bytes, begin: int, *, torn: bool, ending: bool) -> tuple[Line, ...]:
    """`torn`: the first line's begin is missing; `ending`: a last line without newline counts."""
    *whole, rest = data.split(b"\n")
    found: list[Line] = []
    for raw in whole:
        begin += len(raw) + 1
        found.append(Line(begin, _text(raw)))
    if rest and ending:
        found.append(Line(begin + len(rest), _text(rest)))
    return tuple(found[1:] if torn else found)


def _text(raw: bytes) -> str:
    return clean(raw.lstrip(b"\0")[:_LINE].decode(errors="replace"))
