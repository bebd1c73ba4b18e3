"""Finds each service's folder and what of it runs, from paths alone; opens nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field
from fnmatch import fnmatchcase
from types import MappingProxyType
from typing import Final

from tierline.frozen import frozen
from tierline.mesh.index import Indexed
from tierline.mesh.model import Workload
from tierline.mesh.names import folder_name
from tierline.mesh.profile import Profile
from tierline.mesh.source import Source
from tierline.mesh.tree import Entry, Kind, Tree

SERVICES = "services"
NODE_MANIFEST = "package.json"
CONVENTIONS: Final = MappingProxyType({"go": "cmd/*/main.go", "python": "cmd/*/main.py"})
"""language -> where its workloads start, for a service that is written in another than the mesh"""
USUAL: Final = ("api", "worker")
"""workloads that a package.json may have scripts for, besides those that the profile names"""


@frozen
class Folder:
    """A folder directly below a domain's folder, and the files in it, relative to it."""

    path: str
    domain: str
    files: list[str] = field(default_factory=list[str])


def service_folders(tree: Tree) -> dict[str, Folder]:
    """`services/<domain>/<folder>` -> that folder with its regular files, in path order."""
    found: dict[str, Folder] = {}
    for path, entry in tree.entries.items():
        if not path.startswith(f"{SERVICES}/"):
            continue
        parts = path.split("/", 3)
        if len(parts) == 3 and entry.kind is Kind.FOLDER:
            found.setdefault(path, Folder(path, parts[1]))
        elif len(parts) == 4 and entry.kind is Kind.FILE:
            key = "/".join(parts[:3])
            found.setdefault(key, Folder(key, parts[1])).files.append(parts[3])
    return found


def inside_folders(tree: Tree) -> dict[str, dict[str, Entry]]:
    """`services/<domain>/<folder>` -> everything below it, by paths of the mesh."""
    found: dict[str, dict[str, Entry]] = {}
    for path, entry in tree.entries.items():
        if path.startswith(f"{SERVICES}/") and path.count("/") > 2:
            found.setdefault("/".join(path.split("/", 3)[:3]), {})[path] = entry
    return found


def locate(
    entries: Iterable[Indexed], folders: Mapping[str, Folder], tree: Tree, profile: Profile
) -> tuple[dict[str, Folder], Source]:
    """Service -> its only folder, and the defects of those without or with several.

    Only folders of the profile's domains, and of domains that the index names, count.
    """
    entries = tuple(entries)
    domains = {*profile.domains, *(entry.domain for entry in entries)}
    by_name: dict[str, list[Folder]] = {}
    for folder in folders.values():
        if folder.domain in domains:
            by_name.setdefault(folder.path.rsplit("/", 1)[1], []).append(folder)
    by_lower = {name.lower(): found[0] for name, found in by_name.items() if len(found) == 1}
    source = Source(tree.shown(SERVICES), "structure")
    located: dict[str, Folder] = {}
    for entry in entries:
        name = folder_name(entry.service_id)
        found = by_name.pop(name, [])
        source.service_id = entry.service_id
        if len(found) == 1:
            located[entry.service_id] = found[0]
            if entry.domain and found[0].domain != entry.domain:
                message = f"{name} lies in {found[0].domain}, the index says {entry.domain}"
                source.defect("wrong-domain", message, entry.place, "move it or correct the index")
        elif found:
            shown = ", ".join(tree.shown(folder.path) for folder in found)
            message = f"{entry.service_id} has {len(found)} folders: {shown}"
            source.defect("several-folders", message, entry.place, "keep one")
        else:
            expected = tree.shown(f"{SERVICES}/{entry.domain}/{name}")
            message = f"{entry.service_id} has no folder {expected}"
            fix = "add it, or drop it from the index"
            alike = by_lower.get(name.lower())
            if alike is not None:
                by_name.pop(alike.path.rsplit("/", 1)[1], None)
                message += f"; {tree.shown(alike.path)} differs from it"
                fix = f"rename it: git mv {alike.path} {SERVICES}/{entry.domain}/{name}"
            source.defect("no-folder", message, entry.place, fix)
    source.service_id = None
    for left in by_name.values():
        for folder in left:
            message = f"{tree.shown(folder.path)} belongs to no service of the index"
            source.defect("undeclared-folder", message, Source(tree.shown(folder.path), "").place(),
                          "declare the service or remove the folder")  # fmt: skip
    return located, source


def workloads_of(
    files: Iterable[str],
    scripts: Mapping[str, str],
    profile: Profile,
    run: Mapping[str, tuple[str, ...]],
) -> tuple[Workload, ...]:
    """What runs of a service, sorted by name.

    `files` are relative to its folder, `scripts` those of its package.json, `run` its
    `[services.X.run]`, which wins. The profile's own language is looked for first, then the others.
    """
    files = tuple(files)
    found = _by_pattern(files, profile.language, profile.workloads)
    if not found:
        names = {*profile.required_workloads, *profile.workloads, *USUAL}
        found = {name: Workload(name, "node", NODE_MANIFEST) for name in scripts if name in names}
    for language, pattern in CONVENTIONS.items():
        found = found or _by_pattern(files, language, {"*": pattern})
    found |= {name: Workload(name, "argv", argv[0], argv) for name, argv in run.items()}
    return tuple(found[name] for name in sorted(found))


def _by_pattern(
    files: tuple[str, ...], language: str, patterns: Mapping[str, str]
) -> dict[str, Workload]:
    if language == "node":
        return {}
    found: dict[str, Workload] = {}
    for name, pattern in patterns.items():
        for path in files:
            if name != "*" and path == pattern:
                found[name] = Workload(name, language, path)
            elif name == "*" and (matched := _star(path, pattern)):
                found.setdefault(matched, Workload(matched, language, path))
    return found


def _star(path: str, pattern: str) -> str:
    """What stands for the only `*` of a pattern, within one folder name; "" without a match."""
    before, _, after = pattern.partition("*")
    if not fnmatchcase(path, pattern):
        return ""
    name = path[len(before) : len(path) - len(after)]
    return "" if "/" in name else name
