"""What is wrong in a file of the mesh, and where; knows nothing of how bad that is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A position in a file: `path` relative to the folder above the mesh, with `/`.

    `line` and `column` count from 1; 0 means the file as a whole.
    """

    path: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return ":".join(str(part) for part in (self.path, self.line, self.column) if part)


@dataclass(frozen=True, slots=True, order=True)
class Defect:
    """One thing that a parser could not accept. `code` is `<gate>/<slug>`.

    `service_id` names the only service it concerns; None means the whole release.
    """

    code: str
    message: str
    place: Place
    fix: str = ""
    service_id: str | None = None
