"""The file in which a mesh is remembered: whole and by us, or as good as none; decides nothing.

    magic | blake2b of the rest | MessagePack of `Stored`

It is written beside and renamed, so that whoever reads gets one that is whole; of two commands that
write at once the later one's stays, and both are right.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

import msgspec

from tierline.evidence.tree import read_regular
from tierline.frozen import frozen

LIMIT = 512 << 20
"""bytes of a file beyond which it is neither written nor read"""
_MAGIC = b"tierline meshes 1\n"
_DIGEST = 32


@frozen
class Record:
    """What was learnt of one folder, as `Known` without its stamp, while its stamp and key hold.

    `names` is the number of the stamp's names among `Stored.names`; `key` stands for everything
    beside the folder that the answer depends on, `places` for the places in the index that the
    answer repeats (b"" for none).
    """

    path: str
    key: bytes
    places: bytes
    depth: int
    names: int
    digest: bytes
    known: msgspec.Raw


@frozen
class Parsed:
    """What parsing gave; `key` stands for the text and everything else that it depends on."""

    key: bytes
    value: msgspec.Raw


@frozen
class Stored:
    """Everything remembered of one mesh by one version of us. `names` are those of stamps."""

    version: str
    root: bytes
    names: tuple[bytes, ...]
    records: tuple[Record, ...]
    parsed: dict[str, Parsed]


def read(file: Path, version: str, root: bytes) -> Stored | None:
    """What is stored for a mesh. None for no file, a damaged or foreign one, one of another version."""
    try:
        content = read_regular(file, LIMIT + 1)
    except OSError:
        return None
    start = len(_MAGIC) + _DIGEST
    if len(content) > LIMIT or not content.startswith(_MAGIC):
        return None
    body = memoryview(content)[start:]
    if blake2b(body, digest_size=_DIGEST).digest() != content[len(_MAGIC) : start]:
        return None
    try:
        stored = msgspec.msgpack.decode(body, type=Stored)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    good = stored.version == version and stored.root == root
    return (
        stored if good and all(0 <= r.names < len(stored.names) for r in stored.records) else None
    )


def write(file: Path, stored: Stored) -> bool:
    """Put it in the place of what is there; False where that cannot be."""
    body = msgspec.msgpack.encode(stored)
    if len(body) > LIMIT:
        return False
    beside = None
    try:
        handle, beside = tempfile.mkstemp(dir=file.parent, prefix=".new-")
        with os.fdopen(handle, "wb") as out:
            out.write(_MAGIC + blake2b(body, digest_size=_DIGEST).digest())
            out.write(body)
        os.replace(beside, file)  # noqa: PTH105 - as made
    except OSError:
        if beside is not None:
            with suppress(OSError):
                os.unlink(beside)  # noqa: PTH108 - as made
        return False
    return True
