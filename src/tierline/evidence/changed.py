"""Which modules of a mesh did a change touch? By git, and by what each of them builds from.

The same knowledge as revisions: a service's folder, its closure, contracts that it serves or
consumes, stubs and lock files of its language, and what shared files say of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tierline.errors import TierlineError, UsageError
from tierline.evidence.closure import Closures
from tierline.evidence.content import Content
from tierline.evidence.declarations import declared_otherwise
from tierline.evidence.git import changed_paths, commit_of
from tierline.evidence.reference import NOTHING, reference_of
from tierline.evidence.revisions import LOCKFILES
from tierline.facts.reference import NoReference, Reference
from tierline.frozen import frozen
from tierline.mesh.contract_parties import parties
from tierline.mesh.model import Mesh

_STUBS = "contracts/gen/"


@frozen
class Changes:
    """What differs from a reference, paths relative to the mesh root, all sorted.

    `paths` are the files; `services` those that they concern; `modules` the folders of these and of
    other modules that hold a changed file; `loose` are files that concern no module;
    `uncommitted` those of `paths` that no commit has, None where two commits were compared.
    """

    reference: Reference
    paths: tuple[str, ...]
    services: frozenset[str]
    modules: tuple[str, ...]
    loose: tuple[str, ...]
    uncommitted: tuple[str, ...] | None


def changes(root: Path, mesh: Mesh, base: str = "", until: str | None = None) -> Changes:
    """What changed since `base` (default: as contracts are compared), in `until` or the working tree.

    UsageError for a reference that git does not know, or cannot be found without being named.
    """
    reference = _reference(root, base)
    uncommitted = None if until is not None else frozenset(changed_paths(root, "HEAD"))
    if reference.commit == NOTHING:
        return _everything(mesh, reference, uncommitted)
    paths = changed_paths(root, base or reference.commit, until)
    touched = _Touched(root, mesh, reference.commit)
    services: set[str] = set()
    loose: list[str] = []
    modules: set[str] = set()
    for path in paths:
        concerned = touched.by(path)
        module = _module(path, mesh)
        services |= concerned
        modules |= {module} if module else set()
        if not concerned and not module:
            loose.append(path)
    modules |= {mesh.services[name].path for name in services} - {""}
    own = None if uncommitted is None else tuple(path for path in paths if path in uncommitted)
    return Changes(reference, paths, frozenset(services), tuple(sorted(modules)), tuple(loose), own)


def _reference(root: Path, base: str) -> Reference:
    if base:
        return Reference(base, commit_of(root, base), "the base that was named")
    found = reference_of(root)
    if isinstance(found, NoReference):
        raise UsageError(
            f"there is nothing to compare with: {found.reason}",
            code="git/bad-reference",
            fix="name a commit: tierline changed BASE",
        )
    return found


def _everything(mesh: Mesh, reference: Reference, uncommitted: frozenset[str] | None) -> Changes:
    folders = {service.path for service in mesh.services.values()} | set(mesh.modules)
    own = None if uncommitted is None else tuple(sorted(uncommitted))
    everybody = frozenset(mesh.services)
    return Changes(reference, (), everybody, tuple(sorted(folders - {"", "."})), (), own)


def _module(path: str, mesh: Mesh) -> str:
    """The innermost module that holds a path; "" where none does."""
    folders = {service.path for service in mesh.services.values()} | set(mesh.modules)
    parts = path.split("/")[:-1]
    for end in range(len(parts), 0, -1):
        if (folder := "/".join(parts[:end])) in folders:
            return folder
    return ""


class _Touched:
    """Whom a changed path concerns; what shared files say of whom is compared once."""

    def __init__(self, root: Path, mesh: Mesh, since: str) -> None:
        self._root, self._mesh, self._since = root, mesh, since
        closures = Closures(mesh, Content.below(root))
        self._folders = {
            name: tuple(f"{one}/" for one in (service.path, *closures.of(service).folders))
            for name, service in mesh.services.items()
            if service.path
        }
        self._languages = {
            name: frozenset(workload.language for workload in service.workloads)
            for name, service in mesh.services.items()
        }

    def by(self, path: str) -> frozenset[str]:
        """Services that a changed path concerns."""
        found = {name for name, folders in self._folders.items() if path.startswith(folders)}
        found.update(self._of_language(path))
        named = parties(path, self._mesh)
        found |= self._mesh.services.keys() if named is None else named
        try:
            found |= declared_otherwise(self._root, self._mesh, self._since, path)
        except TierlineError:
            found |= self._mesh.services.keys()
        return frozenset(found)

    def _of_language(self, path: str) -> Iterator[str]:
        for name, languages in self._languages.items():
            for language in languages:
                if path in LOCKFILES.get(language, ()) or path.startswith(f"{_STUBS}{language}/"):
                    yield name
