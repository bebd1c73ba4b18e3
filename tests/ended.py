"""Whether a process ends: one that was killed is gone some moments later."""

from __future__ import annotations

import time
from pathlib import Path


def ends(pid: int, seconds: float = 30.0) -> bool:
    """Wait until a process is gone, or only waits to be reaped; False where it lives on."""
    until = time.monotonic() + seconds
    while not _gone(pid):
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


def _gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True
