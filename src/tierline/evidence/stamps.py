"""Tells by what the system says of files, without opening any, whether a folder is as it was.

A folder's own times tell of names that came or went, so nothing is listed again. A change that
happened within the granularity of the clock after a file was read could not be told: what was
changed just before it was read is not stamped at all, as git does with its index.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterable
from hashlib import blake2b

from tierline.frozen import frozen

SETTLED = 3_000_000_000
"""nanoseconds between the last change of a file and its reading; FAT counts in steps of 2 s"""
_DIGEST = 16
_pack = struct.Struct("<QQqqq").pack


@frozen
class Stamp:
    """`names` are paths relative to the folder, parted by NUL, the folder itself first as "".

    `digest` is over kind and mode, inode, size and both times of each.
    """

    names: bytes
    digest: bytes


def stamp_of(
    folder: bytes, noted: Iterable[tuple[bytes, os.stat_result]], began: int
) -> Stamp | None:
    """The stamp of everything noted below a folder, None where something has changed just now.

    `began` is the wall clock in nanoseconds from before the folder was looked at.
    """
    start = len(folder) + 1
    names: list[bytes] = []
    told: list[bytes] = []
    for place, info in noted:
        if max(info.st_ctime_ns, info.st_mtime_ns) > began - SETTLED:
            return None
        names.append(place[start:])
        try:
            told.append(_told(info))
        except struct.error:
            return None
    return Stamp(b"\0".join(names), blake2b(b"".join(told), digest_size=_DIGEST).digest())


def holds(folder: bytes, names: Iterable[bytes], digest: bytes) -> bool:
    """Whether everything that a stamp names is as it was."""
    told = bytearray()
    try:
        place = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        for name in names:
            told += _told(os.stat(name or b".", dir_fd=place, follow_symlinks=False))
    except (OSError, struct.error):
        return False
    finally:
        os.close(place)
    return blake2b(told, digest_size=_DIGEST).digest() == digest


def _told(info: os.stat_result) -> bytes:
    return _pack(info.st_mode, info.st_ino, info.st_size, info.st_mtime_ns, info.st_ctime_ns)
