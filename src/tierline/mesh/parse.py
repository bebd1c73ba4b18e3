"""Reads a whole mesh: the files as values in, a partial Mesh and all its defects out.

One file that cannot be read never stops the others. Knows no disk: whoever gathered the tree says
in its entries what could not be read and why.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tierline.mesh import (
    config,
    dotenv,
    event_contract,
    gomod,
    index,
    lifecycle,
    load_order,
    manifests,
    settings_file,
)
from tierline.mesh.assemble import Declared, assemble, is_module_file
from tierline.mesh.canonical import parse_canonical
from tierline.mesh.defect import Defect
from tierline.mesh.folders import NODE_MANIFEST
from tierline.mesh.graph import build_graph
from tierline.mesh.model import Canonical, EventContract, Mesh, Service
from tierline.mesh.profile import Profile
from tierline.mesh.profiles import BUILT_IN, DEFAULT
from tierline.mesh.reading import Reading
from tierline.mesh.settings import Settings
from tierline.mesh.settings_ids import with_full_ids
from tierline.mesh.tree import Kind, Tree

_REQUIRED = (
    (index.PATH, "index"),
    (load_order.PATH, "load-order"),
    (lifecycle.PATH, "lifecycle"),
    (manifests.IMPLEMENTED, "lifecycle"),
)
_FILES = frozenset(
    {
        *(path for path, _ in _REQUIRED), manifests.ALIASES, settings_file.PATH, gomod.WORKSPACE,
        dotenv.EXAMPLE, dotenv.OWN,
    }
)  # fmt: skip


def wanted(path: str) -> bool:
    """Whether reading the mesh needs the content of this path, relative to its root."""
    if path in _FILES or is_module_file(path) or event_contract.event_of(path) is not None:
        return True
    depth = path.count("/")
    return path.startswith("services/") and (
        (depth == 4 and path.endswith(f"/{config.PATH}"))
        or (depth == 3 and path.endswith(f"/{NODE_MANIFEST}"))
    )


def parse_mesh(tree: Tree, canonical: Tree | None = None) -> Mesh:
    """The mesh in `tree`; `canonical` holds the inputs of its index, None where there are none."""
    reading = Reading(tree)
    for path, gate in _REQUIRED:
        reading.missing(path, gate)
    declared = _declared(reading, canonical)
    assembled = assemble(reading, declared)
    services, settings = assembled.services, declared.settings
    _unusable_paths(reading, services.values())
    return Mesh(
        name=settings.name or tree.label.rsplit("/", 1)[-1],
        label=tree.label,
        profile=declared.profile,
        settings=settings,
        services=services,
        graph=build_graph(
            {name: service.owners for name, service in services.items()},
            {name: service.tier for name, service in services.items()},
        ),
        events=_events(reading, services.values()),
        implemented=reading.file(manifests.IMPLEMENTED, "lifecycle", manifests.parse_implemented),
        load_order=reading.file(load_order.PATH, "load-order", load_order.parse_load_order),
        lifecycle=reading.file(lifecycle.PATH, "lifecycle", lifecycle.parse_lifecycle),
        canonical=declared.inputs,
        variables=_variables(reading) | dict(settings.local_variables),
        workspace=reading.file(gomod.WORKSPACE, "structure", gomod.parse_go_work),
        lineage=reading.file(manifests.ALIASES, "alias-lineage", manifests.parse_lineage),
        modules=assembled.modules,
        defects=tuple(sorted(set(reading.defects), key=_reading_order)),
    )


def read_settings(tree: Tree) -> tuple[Settings, Profile, tuple[Defect, ...]]:
    """`tierline.toml` alone, with the names of services as written; defaults where there is none."""
    reading = Reading(tree)
    settings, profile = _settings(reading)
    return settings, profile, tuple(reading.defects)


def _declared(reading: Reading, canonical: Tree | None) -> Declared:
    settings, profile = _settings(reading)
    entries = reading.file(
        index.PATH, "index", lambda content, shown: index.parse_index(content, shown, profile)
    )
    inputs = Canonical()
    if canonical is not None:
        inputs, defects = parse_canonical(canonical)
        reading.defects.extend(defects)
    source = reading.source(settings_file.PATH, "settings")
    entry = reading.tree.entries.get(settings_file.PATH)
    if entries is not None and entry is not None and entry.content is not None:
        text = entry.content.decode(errors="replace")
        settings = with_full_ids(settings, (e.service_id for e in entries), source, text)
        reading.close([source])
    return Declared(entries or (), settings, profile, inputs)


def _settings(reading: Reading) -> tuple[Settings, Profile]:
    def parse(content: bytes, shown: str) -> tuple[tuple[Settings, Profile], tuple[Defect, ...]]:
        settings, profile, defects = settings_file.parse_settings(content, shown)
        return (settings, profile), defects

    read = reading.file(settings_file.PATH, "settings", parse)
    return read or (Settings(), BUILT_IN[DEFAULT])


def _variables(reading: Reading) -> dict[str, str]:
    found: dict[str, str] = {}
    for path in (dotenv.EXAMPLE, dotenv.OWN):
        found |= reading.file(path, "config", dotenv.parse_dotenv) or {}
    return found


def _events(reading: Reading, services: Iterable[Service]) -> Mapping[str, EventContract]:
    producers: dict[str, list[str]] = {}
    for service in services:
        for event in service.produces:
            producers.setdefault(event, []).append(service.service_id)
    found: dict[str, EventContract] = {}
    for path, entry in reading.tree.entries.items():
        event = event_contract.event_of(path)
        if event is None or entry.kind is Kind.FOLDER:
            continue
        only = producers.get(event, [])
        service_id = only[0] if len(only) == 1 else None
        source = reading.source(path, "event-contracts", service_id)
        content = reading.content(source, path)
        reading.close([source])
        if content is not None:
            contract, defects = event_contract.parse_event(content, source.path, event, service_id)
            reading.defects.extend(defects)
            if contract is not None:
                found[event] = contract
    return found


def _unusable_paths(reading: Reading, services: Iterable[Service]) -> None:
    """Links that leave the mesh, folders we may not list, names no terminal can show."""
    by_folder = {service.path: service.service_id for service in services if service.path}
    for path, entry in reading.tree.entries.items():
        if entry.kind in {Kind.FILE, Kind.FOLDER} and not entry.trouble:
            continue
        service_id = by_folder.get("/".join(path.split("/", 3)[:3]))
        source = reading.source(path, "structure", service_id)
        if entry.kind is Kind.ESCAPE:
            message = "a symlink that leaves the mesh; it is not followed"
            source.defect("link-leaves-mesh", message, None, "keep what it names inside the mesh")
        elif entry.kind is not Kind.FILE:
            reason = entry.trouble or f"{entry.kind.value} entry"
            source.defect("unusable-path", f"cannot be used: {reason}", None, "rename or remove it")
        reading.close([source])


def _reading_order(defect: Defect) -> tuple[str, int, int, str, str]:
    place = defect.place
    return place.path, place.line, place.column, defect.code, defect.message
