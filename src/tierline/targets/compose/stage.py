"""Keeps what was staged of each revision, as one file each; starts nothing."""

from __future__ import annotations

import re
from pathlib import Path

from tierline.targets.compose.model import Staged
from tierline.targets.host import files

_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")


class Stages:
    """In `folder`, by service and revision."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find(self, service_id: str, revision: str) -> Staged | None:
        """What was staged; None where nothing was, or what is there cannot be read."""
        path = self._path(service_id, revision)
        if path is None:
            return None
        try:
            return Staged.of_json(path.read_text(encoding="utf-8"))
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def keep(self, staged: Staged) -> None:
        """Write it, all or nothing."""
        path = self._path(staged.service_id, staged.revision)
        if path is None:
            raise ValueError(f"{staged.service_id} cannot name a file")
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        files.replace(path, staged.to_json().encode())

    def _path(self, service_id: str, revision: str) -> Path | None:
        if not _SAFE.fullmatch(service_id) or not _SAFE.fullmatch(revision):
            return None
        return self._folder / service_id / f"{revision}.json"
