"""Which compiler or interpreter builds and runs a service here; asked once a process."""

from __future__ import annotations

import os
import sys
from functools import cache
from pathlib import Path

MISSING = "missing"
_SECONDS = 10.0
_ASK = {
    "go": ("go", "version"),
    "python": ("python3", "--version"),
    "node": ("node", "--version"),
}


@cache
def toolchain(language: str) -> str:
    """The version that the language's tool tells, `missing` without the tool, "" if none is needed.

    Go is asked for its own version, not for one that a go.mod would have it download.
    """
    if language not in _ASK:
        return ""
    from shutil import which  # noqa: PLC0415 - late on purpose: a mesh may need no toolchain

    program, argument = _ASK[language]
    found = which(program)
    if found is None:
        return MISSING
    if language == "python" and Path(found).resolve() == Path(sys.executable).resolve():
        return f"Python {sys.version.split()[0]}"
    return _told(found, argument)


def _told(program: str, argument: str) -> str:
    import subprocess  # noqa: PLC0415 - late on purpose: most often nothing is run

    try:
        done = subprocess.run(
            [program, argument],
            cwd="/",
            env={**os.environ, "GOTOOLCHAIN": "local", "GOFLAGS": "", "GOWORK": "off"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return MISSING
    text = done.stdout.decode("utf-8", "replace").strip()
    return " ".join(text.split())[:200] if done.returncode == 0 and text.isprintable() else MISSING
