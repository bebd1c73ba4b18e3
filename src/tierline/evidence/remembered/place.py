"""Where what we remember is kept: a folder that only we may enter; without one nothing is kept."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

SWITCH = "TIERLINE_CACHE"
FILES = 64
"""meshes that are remembered at most"""
TOTAL_BYTES = 2 << 30
_ENDING = ".meshes"


def file_of(root: bytes, environment: str, environ: Mapping[str, str]) -> Path | None:
    """The file of a mesh by its real path and the environment whose policy judges it.

    It is in a folder that is there and ours; None: keep nothing.
    """
    if environ.get(SWITCH, "").lower() in {"off", "0", "no", "false"}:
        return None
    base = _absolute(environ, "XDG_CACHE_HOME", "") or _absolute(environ, "HOME", ".cache")
    if base is None:
        return None
    ours = base / "tierline"
    folder = ours / "meshes"
    for one in (ours, folder):
        if not _private(one):
            return None
    name = sha256(root + b"\0" + environment.encode("utf-8", "surrogateescape"))
    return folder / f"{name.hexdigest()[:32]}{_ENDING}"


def prune(kept: Path) -> None:
    """Forget the meshes that were asked for longest ago, where there are too many or too large."""
    try:
        with os.scandir(kept.parent) as found:
            files = [(one.stat(follow_symlinks=False), one.path) for one in found]
    except OSError:
        return
    newest = sorted(files, key=lambda item: (item[1] == str(kept), item[0].st_mtime), reverse=True)
    total = 0
    for number, (info, path) in enumerate(newest):
        total += info.st_size
        if number and (number >= FILES or total > TOTAL_BYTES):
            try:
                os.unlink(path)  # noqa: PTH108 - as listed
            except OSError:
                continue


def _absolute(environ: Mapping[str, str], variable: str, below: str) -> Path | None:
    value = environ.get(variable, "")
    path = Path(value) if value else None
    return path / below if path and path.is_absolute() else None


def _private(folder: Path) -> bool:
    """Make the folder where it is missing; whether it is ours alone."""
    try:
        with suppress(FileExistsError):
            folder.mkdir(mode=0o700, parents=True)
        info = folder.lstat()
    except OSError:
        return False
    ours = stat.S_ISDIR(info.st_mode) and info.st_uid == os.geteuid()
    return ours and not stat.S_IMODE(info.st_mode) & 0o077
