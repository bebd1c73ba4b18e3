"""Which Compose files a mesh has, and which of their services are workloads of ours; starts nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from posixpath import dirname, join, normpath

from tierline.mesh.compose import PATH
from tierline.mesh.compose_file import ComposeFile, read_compose
from tierline.mesh.model import Mesh, Service
from tierline.readiness.compose.composition import BASE, SERVICES
from tierline.readiness.compose.service import is_own
from tierline.targets.compose.model import Part

_LARGEST = 4 * 1024 * 1024


def compose_files(root: Path, mesh: Mesh) -> tuple[str, ...]:
    """The files that make the project, relative to the root: the base, then all services."""
    base = (BASE,) if (root / BASE).is_file() else ()
    if (root / SERVICES).is_file():
        return (*base, SERVICES)
    own = (f"{one.path}/{PATH}" for one in mesh.services.values() if one.path)
    return (*base, *(path for path in own if (root / path).is_file()))


def parts_of(root: Path, mesh: Mesh) -> tuple[Part, ...]:
    """The Compose services that are workloads of the mesh, by the files that declare them."""
    listing = _read(root, SERVICES)
    own = {one.path: one for one in mesh.services.values() if one.path}
    if listing is None:
        found = [part for one in own.values() for part in _own(root, one)]
    else:
        found = list(_listed(root, listing, own))
    return tuple(sorted(found, key=lambda part: part.name))


def _listed(root: Path, listing: ComposeFile, own: dict[str, Service]) -> Iterator[Part]:
    """Entries that extend a service's own file are that service's; others go by their names."""
    workloads = {(one.path, part.name): part for one in own.values() for part in _own(root, one)}
    for part in listing.parts:
        if part.extended is not None and part.extended[1]:
            name, file = part.extended
            path = normpath(join(dirname(SERVICES), file)).removesuffix(f"/{PATH}")
            known = workloads.get((path, name.text))
            if known is not None:
                yield Part(part.name, known.service_id, known.workload)
            continue
        for service in own.values():
            if is_own(part.name, service, built=False):
                yield Part(part.name, service.service_id, _workload(part.name, service))


def _own(root: Path, service: Service) -> Iterator[Part]:
    file = _read(root, f"{service.path}/{PATH}")
    for part in file.parts if file else ():
        if is_own(part.name, service, built=part.told.built):
            yield Part(part.name, service.service_id, _workload(part.name, service))


def _workload(name: str, service: Service) -> str:
    """By the end of its name (`orders-worker`); else it is the first one."""
    names = [workload.name for workload in service.workloads]
    ending = next((one for one in names if name.lower().endswith(f"-{one}")), "")
    return ending or first_workload(service)


def first_workload(service: Service) -> str:
    """The workload that answers for a service."""
    names = [workload.name for workload in service.workloads]
    return "api" if "api" in names or not names else names[0]


def _read(root: Path, path: str) -> ComposeFile | None:
    file = root / path
    try:
        if file.is_symlink() or not file.is_file() or file.stat().st_size > _LARGEST:
            return None
        return read_compose(file.read_bytes(), path, None)[0]
    except OSError:
        return None
