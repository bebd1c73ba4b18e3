"""Writes a file that a person asked for, whole or not at all."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from tierline.errors import UsageError
from tierline.mesh.clean import clean

DEVICES = Path("/dev")


def write_file(file: Path, text: str) -> None:
    """Whole or not at all; a pipe or a device is written to, never replaced.

    A link out of its folder is refused unless it leads to one of these: a mesh may have laid it.
    """
    target = file.resolve()
    leaves = not target.is_relative_to(file.parent.resolve()) and file.parent != DEVICES
    if file.is_symlink() and leaves and not _is_stream(target):
        raise UsageError(
            f"{file} is a link to {clean(str(target), 200)}", fix="name that file itself with -o"
        )
    temporary = target.parent / f".{target.name}.part"
    try:
        if _is_stream(target):
            target.write_text(text, encoding="utf-8")
            return
        temporary.unlink(missing_ok=True)
        with temporary.open("x", encoding="utf-8") as part:  # never through a link that lies there
            part.write(text)
        temporary.replace(target)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise UsageError(
            f"{file} cannot be written: {error.strerror}", fix="name another file with -o"
        ) from error


def _is_stream(target: Path) -> bool:
    return target.exists() and not target.is_file()
