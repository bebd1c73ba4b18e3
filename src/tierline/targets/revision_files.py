"""What a target keeps of revisions where that is one file each; knows not what the files say."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from pathlib import Path

from tierline.errors import PermanentError
from tierline.targets.host import files
from tierline.targets.keeping import Keeping, newest_first

_SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")


class RevisionFiles:
    """In `folder`, by service and revision; what `keeping` counts as surplus goes."""

    def __init__(self, folder: Path, keeping: Keeping) -> None:
        self._folder = folder
        self._keeping = keeping

    def read(self, service_id: str, revision: str) -> str | None:
        """None where there is none (any more), it cannot be read, or names could leave the folder."""
        file = self._file(service_id, revision)
        try:
            return file.read_text(encoding="utf-8") if file else None
        except (OSError, ValueError):
            return None

    def keep(self, service_id: str, revision: str, text: str) -> None:
        """Write it whole, or not at all. PermanentError where names cannot be files."""
        file = self._file(service_id, revision)
        if file is None:
            raise PermanentError(
                f"{service_id[:80]!r} cannot name a file",
                code="build/bad-name",
                fix="use letters, digits, dots and dashes in service ids",
            )
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        files.replace(file, text.encode())
        names = [one.stem for one in newest_first(file.parent.glob("*.json"))]
        for old in self._keeping.surplus(service_id, names):
            (file.parent / f"{old}.json").unlink(missing_ok=True)

    def started(self, service_id: str, revision: str) -> None:
        """Note that this revision was started last: it counts as the newest."""
        if file := self._file(service_id, revision):
            with suppress(OSError):
                os.utime(file)

    def _file(self, service_id: str, revision: str) -> Path | None:
        if _SAFE_NAME.fullmatch(service_id) and _SAFE_NAME.fullmatch(revision):
            return self._folder / service_id / f"{revision}.json"
        return None
