"""Puts services together from the index and their folders; judges no agreement between the two."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from tierline.frozen import frozen
from tierline.mesh.clean import clean
from tierline.mesh.defect import Defect
from tierline.mesh.folders import locate, service_folders
from tierline.mesh.index import Indexed
from tierline.mesh.model import Canonical, Mesh, Service
from tierline.mesh.names import nearest, short_id
from tierline.mesh.profile import Profile
from tierline.mesh.reading import Reading
from tierline.mesh.service_folder import Asked, FolderRead
from tierline.mesh.settings import Settings
from tierline.mesh.source import Source


@frozen
class Declared:
    """What a mesh says of itself beside its services' folders."""

    entries: tuple[Indexed, ...]
    settings: Settings
    profile: Profile
    inputs: Canonical


@frozen
class Outline:
    """A mesh before its services' folders are read, and those folders.

    Its services have their place and what the index says of them: no workloads, no configuration,
    no module.
    """

    mesh: Mesh
    folders: tuple[Asked, ...]


def declared_services(
    reading: Reading, declared: Declared
) -> tuple[Mapping[str, Service], tuple[Asked, ...]]:
    """Every service that the index declares, in its order, and every folder where services are."""
    folders = service_folders(reading.tree)
    located, source = locate(declared.entries, folders, reading.tree, declared.profile)
    reading.close([source])
    known = frozenset(entry.service_id for entry in declared.entries)
    services: dict[str, Service] = {}
    by_folder: dict[str, str] = {}
    for entry in declared.entries:
        folder = located.get(entry.service_id)
        path = folder.path if folder else ""
        by_folder[path] = entry.service_id
        services[entry.service_id] = _service(reading, declared, known, entry, path)
    run = declared.settings.run
    asked = (
        Asked(path, name, run.get(name or "", {}))
        for path in folders
        for name in (by_folder.get(path),)
    )
    return services, tuple(asked)


def complete(outline: Outline, read: Mapping[str, FolderRead]) -> Mesh:
    """The whole mesh: what each folder of the outline says, by its path."""
    bare = outline.mesh
    services = {
        name: with_folder(service, read[service.path]) if service.path in read else service
        for name, service in bare.services.items()
    }
    modules = {path: one.module for path, one in read.items() if one.module is not None}
    modules |= bare.modules
    told = {defect for one in read.values() for defect in one.defects}
    return replace(
        bare,
        services=services,
        modules={path: modules[path] for path in sorted(modules)},
        defects=in_order({*bare.defects, *told}) if told else bare.defects,
    )


def with_folder(service: Service, read: FolderRead) -> Service:
    """A service with what its folder says."""
    return replace(service, workloads=read.workloads, config=read.config, module=read.module)


def in_order(defects: set[Defect]) -> tuple[Defect, ...]:
    """By place, as a reader of the files would meet them."""
    return tuple(sorted(defects, key=_reading_order))


def _service(
    reading: Reading, declared: Declared, known: frozenset[str], entry: Indexed, path: str
) -> Service:
    outside = [name for name in entry.owners if name not in known]
    _unknown_owners(reading, declared, known, (entry, outside))
    return Service(
        service_id=entry.service_id,
        short_id=short_id(entry.service_id),
        domain=entry.domain,
        tier=declared.profile.tier_of(entry.domain),
        path=path,
        owners=tuple(sorted(name for name in entry.owners if name in known)),
        externals=tuple(sorted(outside)),
        consumes=tuple(sorted(entry.consumes)),
        produces=tuple(sorted(entry.produces)),
        serves_http=entry.serves_http,
        workloads=(),
        config=None,
        place=entry.place,
        module_path=entry.module_path,
        places=entry.places,
    )


def _unknown_owners(
    reading: Reading,
    declared: Declared,
    known: frozenset[str],
    outside: tuple[Indexed, list[str]],
) -> None:
    """An owner that nobody knows is a defect, and counts as outside the mesh."""
    architecture = declared.inputs.architecture
    entry, names = outside
    for name in names:
        if architecture is None or name in architecture:
            continue
        close = nearest(name, (*known, *architecture))
        fix = f"did you mean {' or '.join(close)}?" if close else "correct or drop it"
        at = entry.places.get(f"dbr_deps:{name}", entry.place)
        source = Source(at.path, "owners", entry.service_id)
        source.defect("unknown", f"nobody knows the owner {clean(name)}", at, fix)
        reading.close([source])


def _reading_order(defect: Defect) -> tuple[str, int, int, str, str]:
    place = defect.place
    return place.path, place.line, place.column, defect.code, defect.message
