"""Puts services together from the index and their folders; judges no agreement between the two."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from tierline.frozen import frozen
from tierline.mesh import config
from tierline.mesh.clean import clean
from tierline.mesh.folders import NODE_MANIFEST, Folder, locate, service_folders, workloads_of
from tierline.mesh.gomod import parse_go_mod
from tierline.mesh.index import Indexed
from tierline.mesh.model import Canonical, Config, Module, Service
from tierline.mesh.names import nearest, short_id
from tierline.mesh.package_json import parse_scripts
from tierline.mesh.profile import Profile
from tierline.mesh.pyproject import parse_pyproject
from tierline.mesh.reading import Reading
from tierline.mesh.settings import Settings
from tierline.mesh.source import Source
from tierline.mesh.tree import Tree

MODULE_FILES = ("go.mod", "pyproject.toml")


@frozen
class Declared:
    """What a mesh says of itself beside its services' folders."""

    entries: tuple[Indexed, ...]
    settings: Settings
    profile: Profile
    inputs: Canonical


@frozen
class Assembled:
    """Services in the index's order; module by folder, those outside services too."""

    services: Mapping[str, Service]
    modules: Mapping[str, Module]


@frozen
class _Context:
    reading: Reading
    declared: Declared
    known: frozenset[str]
    modules: dict[str, Module] = field(default_factory=dict[str, Module])


def assemble(reading: Reading, declared: Declared) -> Assembled:
    """Every service that the index declares, as complete as its folder is."""
    folders = service_folders(reading.tree)
    located, source = locate(declared.entries, folders, reading.tree, declared.profile)
    reading.close([source])
    known = frozenset(entry.service_id for entry in declared.entries)
    context = _Context(reading, declared, known)
    by_folder = {folder.path: service_id for service_id, folder in located.items()}
    for path in module_files(reading.tree):
        folder = path.rpartition("/")[0]
        _module(context, path, folder, by_folder.get(folder))
    services = {
        entry.service_id: _service(context, entry, located.get(entry.service_id))
        for entry in declared.entries
    }
    return Assembled(services, context.modules)


def is_module_file(path: str) -> bool:
    """Whether a path of the mesh declares a module: directly in a service, or not deep elsewhere."""
    if not path.endswith(MODULE_FILES) or path.rpartition("/")[2] not in MODULE_FILES:
        return False
    depth = path.count("/")
    return depth == 3 if path.startswith("services/") else depth <= 4


def module_files(tree: Tree) -> tuple[str, ...]:
    """Those of `tree`; where a folder has both kinds, go.mod comes last and so wins."""
    found = (path for path in tree.entries if is_module_file(path))
    return tuple(sorted(found, key=lambda path: (path.rpartition("/")[0], path.endswith("go.mod"))))


def _module(context: _Context, path: str, folder: str, service_id: str | None) -> None:
    source = context.reading.source(path, "structure", service_id)
    content = context.reading.content(source, path)
    if content is not None:
        parse = parse_go_mod if path.endswith("go.mod") else parse_pyproject
        module = parse(content, source, folder)
        python = path.endswith(".toml") and context.declared.profile.language == "python"
        if module is not None and not (python and folder in context.modules):
            context.modules[folder] = module
    context.reading.close([source])


def _service(context: _Context, entry: Indexed, folder: Folder | None) -> Service:
    owners, externals = _owners(context, entry)
    profile = context.declared.profile
    run = context.declared.settings.run.get(entry.service_id, {})
    files = folder.files if folder else ()
    scripts = _scripts(context, folder, entry.service_id)
    return Service(
        service_id=entry.service_id,
        short_id=short_id(entry.service_id),
        domain=entry.domain,
        tier=profile.tier_of(entry.domain),
        path=folder.path if folder else "",
        owners=owners,
        externals=externals,
        consumes=tuple(sorted(entry.consumes)),
        produces=tuple(sorted(entry.produces)),
        serves_http=entry.serves_http,
        workloads=workloads_of(files, scripts, profile, run),
        config=_config(context, folder, entry.service_id),
        place=entry.place,
        module_path=entry.module_path,
        module=context.modules.get(folder.path) if folder else None,
        places=entry.places,
    )


def _owners(context: _Context, entry: Indexed) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Owners inside and outside the mesh. One that nobody knows is a defect, and counts outside."""
    architecture = context.declared.inputs.architecture
    outside = [name for name in entry.owners if name not in context.known]
    for name in outside:
        if architecture is None or name in architecture:
            continue
        close = nearest(name, (*context.known, *architecture))
        fix = f"did you mean {' or '.join(close)}?" if close else "correct or drop it"
        at = entry.places.get(f"dbr_deps:{name}", entry.place)
        source = Source(at.path, "owners", entry.service_id)
        source.defect("unknown", f"nobody knows the owner {clean(name)}", at, fix)
        context.reading.close([source])
    inside = (name for name in entry.owners if name in context.known)
    return tuple(sorted(inside)), tuple(sorted(outside))


def _config(context: _Context, folder: Folder | None, service_id: str) -> Config | None:
    if folder is None:
        return None
    path = f"{folder.path}/{config.PATH}"
    context.reading.missing(path, "config", service_id)
    return context.reading.file(
        path,
        "config",
        lambda content, shown: config.parse_config(content, shown, service_id),
        service_id,
    )


def _scripts(context: _Context, folder: Folder | None, service_id: str) -> Mapping[str, str]:
    if folder is None or NODE_MANIFEST not in folder.files:
        return {}
    path = f"{folder.path}/{NODE_MANIFEST}"
    source = context.reading.source(path, "structure", service_id)
    content = context.reading.content(source, path)
    scripts = {} if content is None else parse_scripts(content, source)
    context.reading.close([source])
    return scripts
