"""Small files that are either the old or the new one, never half; knows not what they say."""

from __future__ import annotations

import fcntl
import json
import os
from pathlib import Path
from typing import Any

_LIMIT = 4 * 1024 * 1024


def replace(path: Path, content: bytes, *, durable: bool = True) -> None:
    """Write all or nothing. `durable` also survives a power cut; without, only our own death."""
    aside = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        aside.replace(path)
    except OSError:
        aside.unlink(missing_ok=True)
        raise
    if durable:
        _sync_folder(path.parent)


def replace_json(path: Path, value: object, *, durable: bool = True) -> None:
    """The same for a value of JSON."""
    text = json.dumps(value, indent=1, sort_keys=True) + "\n"
    replace(path, text.encode(), durable=durable)


def read_json(path: Path) -> dict[str, Any] | None:
    """The object in the file; None if there is no file, ValueError if it holds anything else."""
    try:
        with path.open("rb") as file:
            content = file.read(_LIMIT + 1)
    except FileNotFoundError:
        return None
    if len(content) > _LIMIT:
        raise ValueError(f"{path} is larger than {_LIMIT} bytes")
    found = json.loads(content)
    if not isinstance(found, dict):
        raise ValueError(f"{path} holds no object")  # noqa: TRY004 - bad content, not a bad call
    return found  # pyright: ignore[reportUnknownVariableType] - untyped JSON


def lock(path: Path) -> int | None:
    """Take the file's lock; its descriptor holds it. None if somebody else does."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
