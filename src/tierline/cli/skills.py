"""What `tierline skill install` does between its arguments and its words."""

from __future__ import annotations

from pathlib import Path

from tierline.errors import UsageError
from tierline.mesh.clean import clean
from tierline.scaffold.changes import Change, make
from tierline.scaffold.skill import FOLDER, skill_files


def fresh_skill(folder: Path) -> list[Change]:
    """The skill in the skills of a repository; nothing of it that is there already."""
    found = (Change(folder, f"{FOLDER}/{path}", text.encode()) for path, text in skill_files())
    return [change for change in found if not change.file.exists()]


def install(folder: Path, *, force: bool) -> tuple[Path, ...]:
    """Write the skill below a folder of skills; returns what was written, nothing where it is there.

    UsageError where another one lies there, unless `force` replaces it.
    """
    changes: list[Change] = []
    for path, text in skill_files():
        file = folder / path
        before = file.read_bytes() if file.is_file() and not file.is_symlink() else None
        if before == text.encode():
            continue
        if before is not None and not force:
            raise UsageError(
                f"{clean(str(file), 200)} is another version, or was changed by hand",
                code="skill/differs",
                fix="replace it: tierline skill install --force",
            )
        changes.append(Change(folder, path, text.encode(), before))
    make(changes)
    return tuple(change.file for change in changes)
