"""Keeps what was staged of each revision; starts nothing."""

from __future__ import annotations

from pathlib import Path

from tierline.targets.compose.model import Staged
from tierline.targets.keeping import Keeping
from tierline.targets.revision_files import RevisionFiles


class Stages:
    """In `folder`, by service and revision."""

    def __init__(self, folder: Path, keeping: Keeping | None = None) -> None:
        self.keeping = keeping or Keeping()
        self._files = RevisionFiles(folder, self.keeping)

    def find(self, service_id: str, revision: str) -> Staged | None:
        """What was staged; None where nothing was, or what is there cannot be read."""
        text = self._files.read(service_id, revision)
        try:
            return None if text is None else Staged.of_json(text)
        except (ValueError, TypeError, KeyError):
            return None

    def keep(self, staged: Staged) -> None:
        """Write it, all or nothing. PermanentError where its id cannot name a file."""
        self._files.keep(staged.service_id, staged.revision, staged.to_json())

    def started(self, staged: Staged) -> None:
        """Note that this revision was started last: it counts as the newest."""
        self._files.started(staged.service_id, staged.revision)
