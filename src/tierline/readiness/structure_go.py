"""The part of gate structure that is about Go: module paths, go.work, the bootstrap package."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from tierline.mesh.clean import clean
from tierline.mesh.defect import Defect, Place
from tierline.mesh.go_source import read_go
from tierline.mesh.model import Service
from tierline.mesh.profile import Profile
from tierline.mesh.tree import Entry, Kind
from tierline.readiness.facts import ServiceFacts

_BUILDERS = frozenset({"Build", "NewRuntime"})
_PREFIX = "<prefix>"


def judge_go(facts: ServiceFacts) -> Iterator[Defect]:
    """Module and bootstrap package of a Go service, and whether go.work uses its folder."""
    yield from _module(facts.service, facts.around.profile)
    if facts.around.profile.bootstrap_folder:
        yield from _bootstrap(facts)
    if facts.in_go_work is False and "go.work" in facts.around.profile.mesh_files:
        yield Defect(
            "structure/not-in-go-work",
            f"go.work does not use ./{facts.service.path}",
            Place(facts.around.shown("go.work")),
            f"add: use ./{facts.service.path}",
            facts.service.service_id,
        )


def _module(service: Service, profile: Profile) -> Iterator[Defect]:
    pattern, module = profile.module_path, service.module
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


def _bootstrap(facts: ServiceFacts) -> Iterator[Defect]:
    """The package that starts the service; test files do not count."""
    inner = facts.around.profile.bootstrap_folder
    folder, package = f"{facts.service.path}/{inner}", inner.rpartition("/")[2]
    own = _go_files(facts.files, inner)
    unread = [name for name, entry in own.items() if entry.content is None and entry.size]
    texts = [(entry.content or b"").decode(errors="replace") for entry in own.values()]
    files = [file for text in texts if (file := read_go(text)).package == package]
    if any(_BUILDERS & file.functions for file in files if not file.ignored):
        return
    place = Place(facts.shown(f"{inner}/{next(iter(own))}" if len(own) == 1 else inner))
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
    yield Defect(f"structure/{slug}", message, place, fix, facts.service.service_id)


def _go_files(files: Mapping[str, Entry], folder: str) -> dict[str, Entry]:
    """Name -> file of those directly in a folder, without tests."""
    parts = ((path.rpartition("/"), entry) for path, entry in files.items())
    return {
        name: entry
        for (where, _, name), entry in parts
        if where == folder and entry.kind is Kind.FILE
        if name.endswith(".go") and not name.endswith("_test.go")
    }


def _matches(module: str, expected: str) -> bool:
    """Whether a module path fits; `<prefix>` stands for one or more path elements."""
    if not expected.startswith(_PREFIX):
        return module == expected
    prefix = module.removesuffix(expected.removeprefix(_PREFIX))
    return prefix != module and re.fullmatch(r"[\w.~-]+(/[\w.~-]+)*", prefix) is not None
