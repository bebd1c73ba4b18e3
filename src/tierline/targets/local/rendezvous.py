"""Where a supervisor and its clients meet: a socket of any path length.

A unix socket's address holds 107 bytes; a longer path is reached through the folder's descriptor.
"""

from __future__ import annotations

import os
import socket
from pathlib import Path

SOCKET = "supervisor.sock"
WORDLESS = 3
"""exit code of who starts a supervisor that was killed before it could say why it does not live"""
_BACKLOG = 256


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
