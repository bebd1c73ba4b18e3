"""Where a supervisor and its clients meet: private folders and a socket of any path length.

A unix socket's address holds 107 bytes; a longer path is reached through the folder's descriptor.
"""

from __future__ import annotations

import os
import socket
import stat
from pathlib import Path

from tierline.errors import PermanentError

SOCKET = "supervisor.sock"
_BACKLOG = 256


def private_folder(path: Path) -> None:
    """Make the folder, and its missing parents, 0700; PermanentError unless it is ours alone."""
    try:
        if not path.parent.is_dir():
            private_folder(path.parent)
        path.mkdir(mode=0o700, exist_ok=True)
        found = path.lstat()
    except OSError as error:
        raise PermanentError(
            f"{path} cannot be made or read: {error.strerror}",
            code="state/unusable",
            fix="give a folder of your own with XDG_STATE_HOME and XDG_RUNTIME_DIR",
        ) from error
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


def listen(runtime: Path) -> socket.socket:
    """Listen in the folder, 0600; replaces a socket that a dead supervisor left. May OSError."""
    (runtime / SOCKET).unlink(missing_ok=True)
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    folder = os.open(runtime, os.O_PATH | os.O_DIRECTORY)
    try:
        sock.bind(f"/proc/self/fd/{folder}/{SOCKET}")
        (runtime / SOCKET).chmod(0o600)
        sock.listen(_BACKLOG)
        sock.setblocking(False)
    except OSError:
        sock.close()
        raise
    finally:
        os.close(folder)
    return sock


def connect(runtime: Path) -> socket.socket:
    """A connection to whoever listens there; OSError where nobody does."""
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    sock.setblocking(False)
    try:
        folder = os.open(runtime, os.O_PATH | os.O_DIRECTORY)
        try:
            sock.connect(f"/proc/self/fd/{folder}/{SOCKET}")
        finally:
            os.close(folder)
    except OSError:
        sock.close()
        raise
    return sock
