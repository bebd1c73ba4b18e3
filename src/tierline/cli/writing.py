"""Writes a file that a person asked for, whole or not at all."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from tierline.errors import UsageError


def write_file(file: Path, text: str) -> None:
    """Whole or not at all; a pipe or a device is written to, never replaced."""
    target = file.resolve()
    temporary = target.parent / f".{target.name}.part"
    try:
        if target.exists() and not target.is_file():
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
