"""A row of a service's context, and how lists are written in it."""

from __future__ import annotations

from collections.abc import Iterable

from tierline.frozen import frozen
from tierline.mesh.defect import Place


@frozen
class Row:
    """`label` says what about; `sources` where it is written.

    A source that is no Place is a path relative to the service's folder.
    """

    label: str
    text: str
    sources: tuple[Place | str, ...] = ()


def joined(words: Iterable[str]) -> str:
    """Words with commas."""
    return ", ".join(words)


def source_text(row: Row, label: str, folder: str) -> str:
    """Where it is written, as short as it is clear: within the service's folder, else the mesh."""
    lines: dict[str, list[str]] = {}
    for one in row.sources:
        path, _, line = _shown(one, label, folder).partition(":")
        lines.setdefault(path, []).append(line)
    return joined(
        ":".join(filter(None, (path, ",".join(dict.fromkeys(filter(None, numbers))))))
        for path, numbers in lines.items()
    )


def place_text(place: Place, label: str) -> str:
    """A place relative to the mesh root, without its column."""
    path = place.path.removeprefix(f"{label}/")
    return f"{path}:{place.line}" if place.line else path


def _shown(source: Place | str, label: str, folder: str) -> str:
    if isinstance(source, str):
        return source
    text = place_text(source, label)
    return text.removeprefix(f"{folder}/") if folder else text
