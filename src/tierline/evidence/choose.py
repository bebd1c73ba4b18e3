"""Gathers what a selection needs of the world: what changed in git, what a file lists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from tierline.errors import UsageError
from tierline.mesh.model import Mesh
from tierline.mesh.selection import Method, Need

MOST_LIST_BYTES = 4 << 20


def gather(
    root: Path, mesh: Mesh, wanted: Iterable[Need], outdated: frozenset[str]
) -> Mapping[Need, frozenset[str]]:
    """Each need with the services (or, for a file, the words) that answer it.

    `outdated` is handed in, since only a target knows it. UsageError for a bad reference or file.
    """
    found: dict[Need, frozenset[str]] = {}
    for need in wanted:
        match need.kind:
            case Method.CHANGED:
                found[need] = changed_services(root, mesh, need.argument)
            case Method.FILE:
                found[need] = _listed(Path(need.argument))
            case _:
                found[need] = outdated
    return found


def changed_services(root: Path, mesh: Mesh, base: str) -> frozenset[str]:
    """Services that a change since `base` concerns, edits that are not committed included."""
    from tierline.evidence.changed import changes  # noqa: PLC0415 - late on purpose: few ask git

    return changes(root, mesh, base).services


def _listed(path: Path) -> frozenset[str]:
    """The words of a file; `#` begins a comment."""
    try:
        with path.open("rb") as file:
            content = file.read(MOST_LIST_BYTES + 1)
        if len(content) > MOST_LIST_BYTES:
            raise UsageError(
                f"{path} is larger than 4 MiB",
                code="selection/file",
                fix="name a file that lists services",
            )
        text = content.decode()
    except (OSError, UnicodeDecodeError) as error:
        why = (error.strerror or str(error)) if isinstance(error, OSError) else "not UTF-8 text"
        raise UsageError(
            f"{path} cannot be read: {why}",
            code="selection/file",
            fix="name a text file with one service id a line",
        ) from error
    return frozenset(word for line in text.splitlines() for word in line.partition("#")[0].split())
