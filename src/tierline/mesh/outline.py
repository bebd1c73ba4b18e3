"""Reads what a mesh says outside its services' folders; one file that cannot be read stops no other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial

from tierline.mesh import (
    dotenv,
    event_contract,
    gomod,
    index,
    lifecycle,
    load_order,
    manifests,
    settings_file,
)
from tierline.mesh.assemble import Declared, Outline, declared_services, in_order
from tierline.mesh.canonical import parse_canonical
from tierline.mesh.defect import Defect
from tierline.mesh.graph import build_graph
from tierline.mesh.model import Canonical, EventContract, Mesh, Module, Service
from tierline.mesh.profile import Profile
from tierline.mesh.profiles import BUILT_IN, DEFAULT
from tierline.mesh.reading import Memo, Reading, afresh
from tierline.mesh.service_folder import (
    MODULE_FILES,
    is_inside_service,
    note_unusable,
    read_module,
)
from tierline.mesh.settings import Settings
from tierline.mesh.settings_ids import with_full_ids
from tierline.mesh.tree import Kind, Tree

REQUIRED = (
    (index.PATH, "index"),
    (load_order.PATH, "load-order"),
    (lifecycle.PATH, "lifecycle"),
    (manifests.IMPLEMENTED, "lifecycle"),
)
"""files that every mesh has, and the gate that misses them"""
CANONICAL = "the canonical inputs"
"""what a memo knows them by, together"""


def is_module_file(path: str) -> bool:
    """Whether a path of the mesh declares a module: directly in a service, or not deep elsewhere."""
    if not path.endswith(MODULE_FILES) or path.rpartition("/")[2] not in MODULE_FILES:
        return False
    depth = path.count("/")
    return depth == 3 if path.startswith("services/") else depth <= 4


def parse_outline(tree: Tree, canonical: Tree | None = None, memo: Memo = afresh) -> Outline:
    """The mesh without its services' folders. `tree` needs to hold no path inside of these.

    `canonical` holds the inputs of its index, None where there are none; `memo` may know already
    what parsing a file gives.
    """
    inside = (item for item in tree.entries.items() if not is_inside_service(item[0]))
    reading = Reading(Tree(tree.label, dict(inside)), memo)
    for path, gate in REQUIRED:
        reading.missing(path, gate)
    declared = _declared(reading, canonical)
    services, folders = declared_services(reading, declared)
    note_unusable(reading)
    settings = declared.settings
    mesh = Mesh(
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
        modules=_modules(reading),
        defects=in_order(set(reading.defects)),
    )
    return Outline(mesh, folders)


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
        inputs, defects = reading.memo(
            CANONICAL, _contents(canonical), lambda: parse_canonical(canonical)
        )
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
            contract, defects = reading.memo(
                f"{path} of {service_id}",
                content,
                partial(event_contract.parse_event, content, source.path, event, service_id),
            )
            reading.defects.extend(defects)
            if contract is not None:
                found[event] = contract
    return found


def _modules(reading: Reading) -> Mapping[str, Module]:
    """Folder -> its module; where a folder has two module files, go.mod counts."""
    found: dict[str, Module] = {}
    paths = (path for path in reading.tree.entries if is_module_file(path))
    for path in sorted(paths, key=lambda path: (path.rpartition("/")[0], path.endswith("go.mod"))):
        module = read_module(reading, path)
        if module is not None:
            found[path.rpartition("/")[0]] = module
    return found


def _contents(tree: Tree) -> bytes:
    """Everything that parsing the files of a small tree depends on."""
    told = (
        f"{path} {entry.kind} {entry.trouble} {entry.size}".encode()
        + b"\0"
        + (entry.content or b"")
        for path, entry in tree.entries.items()
    )
    return tree.label.encode() + b"\0" + b"\0".join(told)
