"""Which public keys are ours, found out without cryptography where that was done before.

The public halves are noted beside the evidence, each with the stamp of its key file.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from tierline.evidence.keys import all_keys, keys_folder

_NOTES = "keys.json"


def own_keys(folder: Path, environ: Mapping[str, str], *, afresh: bool = False) -> frozenset[str]:
    """Public halves of the keys in our folder of keys. UsageError, PermanentError as reading them.

    `folder` is that of the evidence. `afresh`: the notes there are not believed.
    """
    keys = keys_folder(environ)
    stamps = _stamps(keys)
    noted = _noted(folder)
    known = all(name in noted and noted[name][0] == at for name, at in stamps.items())
    if known and not afresh:
        return frozenset(noted[name][1] for name in stamps)
    return frozenset(key.public for key in all_keys(keys))


def note_own_keys(folder: Path, environ: Mapping[str, str]) -> None:
    """Write down what is ours, for whoever only reads. OSError where that cannot be written."""
    keys = keys_folder(environ)
    stamps = _stamps(keys)
    rows = {
        f"{key.name}.key": [stamps[f"{key.name}.key"], key.public]
        for key in all_keys(keys)
        if f"{key.name}.key" in stamps
    }
    part = folder / f".{_NOTES}.{os.getpid()}.{secrets.token_hex(4)}"
    try:
        part.write_text(json.dumps(rows))
        part.replace(folder / _NOTES)
    finally:
        with suppress(OSError):
            part.unlink()


def _stamps(keys: Path) -> dict[str, list[int]]:
    """File -> size, times, inode and mode of each key."""
    try:
        with os.scandir(keys) as found:
            entries = [(one.name, one.stat(follow_symlinks=False)) for one in found]
    except OSError:
        return {}
    return {
        name: [at.st_size, at.st_mtime_ns, at.st_ctime_ns, at.st_ino, at.st_mode]
        for name, at in entries
        if name.endswith(".key") and not name.startswith(".")
    }


def _noted(folder: Path) -> Mapping[str, list[Any]]:
    try:
        told: Any = json.loads((folder / _NOTES).read_bytes())
        return {str(name): [list(row[0]), str(row[1])] for name, row in told.items()}
    except (OSError, ValueError, TypeError, IndexError, KeyError, AttributeError, RecursionError):
        return {}
