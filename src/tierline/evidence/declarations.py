"""Compares what the mesh's shared files say of each service now and at a commit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from tierline.errors import PermanentError
from tierline.evidence.closure import workspace_of
from tierline.evidence.git import file_at
from tierline.mesh import dotenv, gomod, index, settings_file
from tierline.mesh.model import Mesh

Told = Mapping[str, object]
"""service id -> what a file says of it; under "" what concerns every service"""


def declared_otherwise(root: Path, mesh: Mesh, since: str, path: str) -> frozenset[str]:
    """Services of which a shared file says something else than at the commit `since`.

    Nobody for any other file. What cannot be read on one side concerns every service; a
    TierlineError where git does not answer.
    """
    tell = _READERS.get(path)
    if tell is None:
        return frozenset()
    old = tell(mesh, _then(root, since, path))
    new = tell(mesh, _now(root / path))
    if old is None or new is None or old.get("") != new.get(""):
        return frozenset(mesh.services)
    return frozenset(name for name in mesh.services if old.get(name) != new.get(name))


def _then(root: Path, since: str, path: str) -> bytes | None:
    try:
        return file_at(root, since, path)
    except PermanentError as error:
        if error.code == "git/no-file":
            return None
        raise


def _now(file: Path) -> bytes | None:
    try:
        return file.read_bytes() if file.is_file() else None
    except OSError:
        return None


def _of_index(mesh: Mesh, content: bytes | None) -> Told | None:
    entries = index.parse_index(content or b"", index.PATH, mesh.profile)[0]
    if entries is None:
        return None
    return {
        one.service_id: (
            one.domain,
            sorted(one.owners),
            sorted(one.consumes),
            sorted(one.produces),
        )
        for one in entries
    }


def _of_settings(mesh: Mesh, content: bytes | None) -> Told | None:
    settings, _, defects = settings_file.parse_settings(content or b"", settings_file.PATH)
    if defects:
        return None
    short = {service.short_id: name for name, service in mesh.services.items()}
    found: dict[str, object] = {"": (sorted(settings.local_variables.items()), settings.profile)}
    for table in (settings.addresses, settings.run):
        for name, told in table.items():
            full = short.get(name, name)
            found[full] = (found.get(full), sorted(told.items()))
    return found


def _of_variables(_mesh: Mesh, content: bytes | None) -> Told | None:
    variables, defects = dotenv.parse_dotenv(content or b"", dotenv.EXAMPLE)
    return None if defects else {"": variables}


def _of_workspace(mesh: Mesh, content: bytes | None) -> Told | None:
    """Members by path; every other line concerns them all."""
    modules, defects = gomod.parse_go_work(content or b"go 1.0\n", gomod.WORKSPACE)
    if defects or modules is None:
        return None
    members = {module.path for module in modules}
    told: dict[str, object] = {
        name: service.path in members for name, service in mesh.services.items()
    }
    told[""] = workspace_of(content or b"").lines
    return told


_READERS: Mapping[str, Callable[[Mesh, bytes | None], Told | None]] = {
    index.PATH: _of_index,
    settings_file.PATH: _of_settings,
    dotenv.EXAMPLE: _of_variables,
    gomod.WORKSPACE: _of_workspace,
}
