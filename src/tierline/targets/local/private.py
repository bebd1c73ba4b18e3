"""Makes and checks folders that only we may enter; knows nothing of what is kept there."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from tierline.errors import PermanentError


def private_folder(path: Path) -> None:
    """Make the folder, and its missing parents, 0700; PermanentError unless it is ours alone."""
    try:
        if not path.parent.is_dir():
            private_folder(path.parent)
        path.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise _unusable(path, error) from error
    check_private(path)


def check_private(path: Path) -> None:
    """PermanentError unless the folder, which exists, is ours alone."""
    try:
        found = path.lstat()
    except OSError as error:
        raise _unusable(path, error) from error
    if not stat.S_ISDIR(found.st_mode):
        raise PermanentError(
            f"{path} is a link or no folder", code="state/unusable", fix=f"remove {path}"
        )
    if found.st_uid != os.geteuid():
        raise PermanentError(
            f"{path} belongs to user {found.st_uid}, not to us ({os.geteuid()})",
            code="state/foreign",
            fix="give a folder of your own with XDG_STATE_HOME and XDG_RUNTIME_DIR",
        )
    if stat.S_IMODE(found.st_mode) & 0o077:
        raise PermanentError(
            f"{path} is open to others (mode {stat.S_IMODE(found.st_mode):04o})",
            code="state/open",
            fix=f"chmod 700 {path}",
        )


def _unusable(path: Path, error: OSError) -> PermanentError:
    return PermanentError(
        f"{path} cannot be made or read: {error.strerror}",
        code="state/unusable",
        fix="give a folder of your own with XDG_STATE_HOME and XDG_RUNTIME_DIR",
    )
