"""The part of gate structure that is about Go: module paths, go.work, the bootstrap package."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from tierline.mesh.clean import clean
from tierline.mesh.defect import Defect, Place
from tierline.mesh.model import Mesh, Service
from tierline.mesh.tree import Entry, Kind, Tree
from tierline.readiness.go_source import read_go

_BUILDERS = frozenset({"Build", "NewRuntime"})
_PREFIX = "<prefix>"


def judge_go(mesh: Mesh, tree: Tree, strange: frozenset[str]) -> Iterator[Defect]:
    """Module and bootstrap package of every service, and go.work; `strange` are no Go services."""
    by_folder: dict[str, dict[str, Entry]] = {}
    for path, entry in tree.entries.items():
        if path.endswith(".go") and entry.kind is Kind.FILE:
            folder, _, name = path.rpartition("/")
            by_folder.setdefault(folder, {})[name] = entry
    for service in mesh.services.values():
        if service.path and service.service_id not in strange:
            yield from _module(mesh, service)
            folder = f"{service.path}/{mesh.profile.bootstrap_folder}"
            if mesh.profile.bootstrap_folder:
                yield from _bootstrap(service, folder, by_folder.get(folder, {}), tree)
    yield from _workspace(mesh, tree, strange)


def _module(mesh: Mesh, service: Service) -> Iterator[Defect]:
    pattern, module = mesh.profile.module_path, service.module
    if not pattern or module is None or not module.name:
        return
    folder = service.path.rpartition("/")[2]
    expected = pattern.replace("{domain}", service.domain).replace("{folder}", folder)
    if not _matches(module.name, expected):
        yield Defect(
            "structure/module-path",
            f"module {clean(module.name)} is not {expected}",
            module.place,
            f"write: module {expected}",
            service.service_id,
        )


def _bootstrap(
    service: Service, folder: str, found: Mapping[str, Entry], tree: Tree
) -> Iterator[Defect]:
    """The package that starts the service; test files do not count."""
    package = folder.rpartition("/")[2]
    own = {name: entry for name, entry in found.items() if not name.endswith("_test.go")}
    unread = [name for name, entry in own.items() if entry.content is None and entry.size]
    texts = [(entry.content or b"").decode(errors="replace") for entry in own.values()]
    files = [file for text in texts if (file := read_go(text)).package == package]
    if any(_BUILDERS & file.functions for file in files if not file.ignored):
        return
    place = Place(tree.shown(f"{folder}/{next(iter(own))}" if len(own) == 1 else folder))
    fix = f"add a file with `package {package}` and `func Build(` or `func NewRuntime(`"
    if unread:
        message = f"{clean(unread[0])} could not be read, so nobody knows how the service starts"
        slug = "bootstrap-unread"
    elif not own:
        slug, message = "bootstrap", f"no Go file in {folder}"
    elif not files:
        slug, message = "bootstrap", f"no file of {folder} is of package {package}"
    else:
        slug = "bootstrap"
        message = f"package {package} has neither func Build( nor func NewRuntime( at its top level"
    yield Defect(f"structure/{slug}", message, place, fix, service.service_id)


def _workspace(mesh: Mesh, tree: Tree, strange: frozenset[str]) -> Iterator[Defect]:
    """go.work uses the folder of every Go service."""
    if mesh.workspace is None or "go.work" not in mesh.profile.mesh_files:
        return
    used = {module.path for module in mesh.workspace}
    for service in mesh.services.values():
        if service.service_id in strange:
            continue
        if service.path and service.path not in used:
            yield Defect(
                "structure/not-in-go-work",
                f"go.work does not use ./{service.path}",
                Place(tree.shown("go.work")),
                f"add: use ./{service.path}",
                service.service_id,
            )


def _matches(module: str, expected: str) -> bool:
    """Whether a module path fits; `<prefix>` stands for one or more path elements."""
    if not expected.startswith(_PREFIX):
        return module == expected
    prefix = module.removesuffix(expected.removeprefix(_PREFIX))
    return prefix != module and re.fullmatch(r"[\w.~-]+(/[\w.~-]+)*", prefix) is not None
