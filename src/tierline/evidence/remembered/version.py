"""What of this installation decides what is remembered: others may judge otherwise."""

from __future__ import annotations

import os
import sys
from hashlib import blake2b
from pathlib import Path

import yaml

import tierline

_JUDGING = ("mesh", "facts", "policy", "contracts", "readiness", "evidence")
_COMPILED = ".pyc"


def version() -> str:
    """Changes with every edit of the code and the schemas that read and judge, here or by an upgrade."""
    home = Path(tierline.__file__).parent
    told = [tierline.__version__, sys.version, _told(Path(yaml.__file__).parent / "__init__.py")]
    for part in _JUDGING:
        for folder, folders, files in os.walk(home / part):
            folders[:] = sorted(name for name in folders if name != "__pycache__")
            told += [
                _told(Path(folder, name)) for name in sorted(files) if not name.endswith(_COMPILED)
            ]
    return blake2b("\n".join(told).encode(), digest_size=16).hexdigest()


def _told(file: Path) -> str:
    info = file.stat()
    return f"{file} {info.st_size} {info.st_mtime_ns}"
