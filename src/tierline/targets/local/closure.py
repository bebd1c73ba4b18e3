"""What of the mesh is staged with a service, from what is known of its closure; reads no file.

Which folders a service builds from is evidence, told by whoever computes revisions, so that what
runs is built from exactly what its revision names.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from tierline.errors import PermanentError
from tierline.facts.revision import Revision
from tierline.frozen import frozen
from tierline.mesh.model import Mesh, Service


class KnownClosure(Protocol):
    """`folders` besides the service's own; `outside` are paths that leave the mesh.

    `known` is False where nothing declares the closure: then `folders` are all shared ones.
    """

    @property
    def folders(self) -> tuple[str, ...]: ...

    @property
    def outside(self) -> tuple[str, ...]: ...

    @property
    def known(self) -> bool: ...


class Workspace(Protocol):
    """`lines` are the directives of go.work but its `use`."""

    @property
    def lines(self) -> tuple[str, ...]: ...


class Sources(Protocol):
    """Whoever knows what services build from, and what each would ship at this moment."""

    @property
    def workspace(self) -> Workspace: ...

    def of(self, service: Service) -> KnownClosure: ...

    def revision(self, service_id: str) -> Revision: ...


@frozen
class Closure:
    """Folders relative to the mesh root, sorted, none inside another; the service's among them.

    `modules` are those that a Python program may import from. `go_work` is the text of a `go.work`
    that uses the staged modules only, "" where the service is not a member of one.
    """

    folders: tuple[str, ...]
    modules: tuple[str, ...] = ()
    go_work: str = ""


def closure_of(service: Service, mesh: Mesh, source: Sources) -> Closure:
    """What to stage for a service; PermanentError (`build/escape`) where it leaves the mesh."""
    known = source.of(service)
    if known.outside:
        raise PermanentError(
            f"{service.service_id} builds from {known.outside[0]}, which is outside the mesh",
            code="build/escape",
            fix="move what it builds from into the mesh",
        )
    folders = _outermost([service.path, *known.folders])
    return Closure(
        folders,
        known.folders if known.known else (),
        _go_work(service, mesh, source.workspace.lines, folders),
    )


def _go_work(service: Service, mesh: Mesh, lines: tuple[str, ...], folders: tuple[str, ...]) -> str:
    members = [member.path for member in mesh.workspace or ()]
    if service.path not in members:
        return ""
    used = [f"use ./{path}" for path in members if _below_any(path, folders)]
    return "\n".join([*lines, *used]) + "\n"


def _outermost(folders: Iterable[str]) -> tuple[str, ...]:
    kept: list[str] = []
    for folder in sorted(folders):
        if not _below_any(folder, kept):
            kept.append(folder)
    return tuple(kept)


def _below_any(folder: str, others: Iterable[str]) -> bool:
    return any(folder == other or folder.startswith(f"{other}/") for other in others)
