"""Breaks a service of the demo mesh or the Go mesh: a committed edit of its own files.

The edit is a new revision like any other; to mend it, revert the commit.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from tierline.errors import PermanentError, UsageError
from tierline.mesh.index import PATH, Indexed, parse_index
from tierline.mesh.names import folder_name, nearest, nearest_services, short_id
from tierline.mesh.profiles import PYTHON_MESH
from tierline.scaffold.break_edits import GO_EDITS, PYTHON_EDITS, Edit, edited
from tierline.scaffold.repository import commit

MODES: Final = tuple(PYTHON_EDITS)
"""build, boot, config, health, dependency, telemetry, slow, exit, port, flap"""


def break_service(folder: Path, service: str, mode: str) -> str:
    """Break `service` (an id, or its short form) of the mesh in `folder` and commit; the commit's id.

    `folder` is the mesh root or the folder above it. UsageError for a service or mode that does not
    exist (nearest names offered), for `dependency` of a service without owners, and for a program
    that does not have the lines that the edit needs.
    """
    if mode not in MODES:
        message = f"{mode} is not a way to break a service"
        raise UsageError(message, code="break/mode", fix=_did_you_mean(nearest(mode, MODES), MODES))
    root = folder / "mesh" if (folder / "mesh" / PATH).is_file() else folder
    indexed = _indexed(root)
    entry = _entry(service, indexed)
    home = _home(root, entry)
    edits = GO_EDITS if (home / "cmd/api/main.go").is_file() else PYTHON_EDITS
    values = {"service": entry.service_id}
    if mode == "dependency":
        values["owner"] = _owner(entry, indexed)
    file = _make(home, edits[mode], values, entry.service_id)
    name = file.relative_to(folder).as_posix()
    return commit(folder, (name,), f"Break {entry.service_id}: {mode}")


def _indexed(root: Path) -> dict[str, Indexed]:
    try:
        content = (root / PATH).read_bytes()
    except OSError as error:
        message = f"{root} holds no mesh: {PATH}: {error.strerror}"
        raise UsageError(message, code="break/no-mesh", fix="tierline init --demo DIR") from error
    entries, defects = parse_index(content, PATH, PYTHON_MESH)
    if entries is None:
        raise UsageError(
            f"{defects[0].place}: {defects[0].message}", code="break/no-mesh", fix=defects[0].fix
        )
    return {entry.service_id: entry for entry in entries}


def _entry(service: str, indexed: dict[str, Indexed]) -> Indexed:
    for name, entry in indexed.items():
        if service in {name, short_id(name)}:
            return entry
    message = f"{service} is not a service of this mesh"
    fix = _did_you_mean(nearest_services(service, indexed), indexed)
    raise UsageError(message, code="break/service", fix=fix)


def _did_you_mean(close: Iterable[str], known: Iterable[str]) -> str:
    found = tuple(close)
    return f"did you mean {' or '.join(found)}?" if found else f"one of {', '.join(known)}"


def _owner(entry: Indexed, indexed: dict[str, Indexed]) -> str:
    inside = [owner for owner in entry.owners if owner in indexed]
    if inside:
        return inside[0]
    message = f"{entry.service_id} has no owner in the mesh that could be out of its reach"
    others = [e.service_id for e in indexed.values() if indexed.keys() & set(e.owners)]
    raise UsageError(message, code="break/no-owner", fix=f"break one of {', '.join(others)}")


def _home(root: Path, entry: Indexed) -> Path:
    home = root / "services" / entry.domain / folder_name(entry.service_id)
    if not home.resolve().is_relative_to(root.resolve()):
        raise UsageError(
            f"{home} leaves the mesh",
            code="break/escape",
            fix="let the service be a folder of the mesh, not a link out of it",
        )
    return home


def _make(home: Path, edit: Edit, values: dict[str, str], service_id: str) -> Path:
    file = home / edit.file
    try:
        changed = edited(file.read_text(encoding="utf-8"), edit, values)
        if changed is not None:
            file.write_text(changed, encoding="utf-8", newline="\n")
    except (OSError, UnicodeError) as error:
        message = f"{file} of {service_id} cannot be changed: {error}"
        raise PermanentError(
            message, code="break/file", fix="let the file be readable text that you may write"
        ) from error
    if changed is None:
        message = f"{file} of {service_id} does not have the lines that this break changes"
        fix = "revert the earlier break first, or break another service"
        raise UsageError(message, code="break/changed-already", fix=fix)
    return file
