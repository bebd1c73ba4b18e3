"""Reads one service's folder apart from all others: its module, its configuration, what of it runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from tierline.frozen import frozen
from tierline.mesh import config
from tierline.mesh.defect import Defect
from tierline.mesh.folders import NODE_MANIFEST, SERVICES, workloads_of
from tierline.mesh.gomod import parse_go_mod
from tierline.mesh.model import Config, Module, Workload
from tierline.mesh.package_json import parse_scripts
from tierline.mesh.profile import Profile
from tierline.mesh.pyproject import parse_pyproject
from tierline.mesh.reading import Reading
from tierline.mesh.tree import Kind, Tree

MODULE_FILES = ("pyproject.toml", "go.mod")
"""what declares a module; of a folder with both, the last counts"""


@frozen
class Asked:
    """A folder `services/<domain>/<folder>` and what the mesh says of it beforehand.

    `service_id` is None where no service of the index has it; `commands` is its `[services.X.run]`.
    """

    path: str
    service_id: str | None = None
    commands: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])


@frozen
class FolderRead:
    """What such a folder says, and every defect met on the way."""

    workloads: tuple[Workload, ...] = ()
    config: Config | None = None
    module: Module | None = None
    defects: tuple[Defect, ...] = ()


def is_inside_service(path: str) -> bool:
    """Whether a path of the mesh lies in a service's folder: those are read one by one."""
    return path.startswith(f"{SERVICES}/") and path.count("/") > 2


def read_folder(tree: Tree, asked: Asked, profile: Profile) -> FolderRead:
    """`tree` holds what is below the folder, by paths of the mesh."""
    reading = Reading(tree)
    module = None
    for name in MODULE_FILES:
        module = read_module(reading, f"{asked.path}/{name}", asked.service_id) or module
    note_unusable(reading, asked.service_id)
    if asked.service_id is None:
        return FolderRead(module=module, defects=tuple(reading.defects))
    start = len(asked.path) + 1
    files = [path[start:] for path, one in tree.entries.items() if one.kind is Kind.FILE]
    scripts = _scripts(reading, asked)
    workloads = workloads_of(files, scripts, profile, asked.commands)
    return FolderRead(workloads, _config(reading, asked), module, tuple(reading.defects))


def read_module(reading: Reading, path: str, service_id: str | None = None) -> Module | None:
    """What a go.mod or pyproject.toml declares; None where there is no sense in it."""
    source = reading.source(path, "structure", service_id)
    content = reading.content(source, path)
    parse = parse_go_mod if path.endswith("go.mod") else parse_pyproject
    module = None if content is None else parse(content, source, path.rpartition("/")[0])
    reading.close([source])
    return module


def note_unusable(reading: Reading, service_id: str | None = None) -> None:
    """Links that leave the mesh, folders we may not list, names no terminal can show."""
    for path, entry in reading.tree.entries.items():
        if entry.kind in {Kind.FILE, Kind.FOLDER} and not entry.trouble:
            continue
        source = reading.source(path, "structure", service_id)
        if entry.kind is Kind.ESCAPE:
            message = "a symlink that leaves the mesh; it is not followed"
            source.defect("link-leaves-mesh", message, None, "keep what it names inside the mesh")
        elif entry.kind is not Kind.FILE:
            reason = entry.trouble or f"{entry.kind.value} entry"
            source.defect("unusable-path", f"cannot be used: {reason}", None, "rename or remove it")
        reading.close([source])


def _config(reading: Reading, asked: Asked) -> Config | None:
    path, service_id = f"{asked.path}/{config.PATH}", asked.service_id or ""
    reading.missing(path, "config", service_id)
    return reading.file(
        path,
        "config",
        lambda content, shown: config.parse_config(content, shown, service_id),
        service_id,
    )


def _scripts(reading: Reading, asked: Asked) -> Mapping[str, str]:
    path = f"{asked.path}/{NODE_MANIFEST}"
    entry = reading.tree.entries.get(path)
    if entry is None or entry.kind is not Kind.FILE:
        return {}
    source = reading.source(path, "structure", asked.service_id)
    content = reading.content(source, path)
    scripts = {} if content is None else parse_scripts(content, source)
    reading.close([source])
    return scripts
