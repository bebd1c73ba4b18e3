"""What each service would ship from this checkout: the parts of its revision, with their digests.

A part that cannot be told is UNKNOWN, so that two states of it never count as the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from tierline.evidence.closure import Closures
from tierline.evidence.content import MISSING, Content
from tierline.evidence.shipped import TEMPLATE, Shipped, shipped_from
from tierline.evidence.toolchain import toolchain
from tierline.facts.revision import UNKNOWN, Part, Revision, digest_of
from tierline.mesh.contract_parties import names_of, stems
from tierline.mesh.model import Mesh, Service

_CONTRACTS = ("contracts/openapi", "contracts/proto", "contracts/schemas")
LOCKFILES = {
    "go": ("go.work.sum",),
    "python": ("uv.lock", "poetry.lock", "pylock.toml", "requirements.txt"),
    "node": ("package-lock.json", "pnpm-lock.yaml", "yarn.lock"),
}
_NONE: Mapping[str, Shipped] = MappingProxyType({})


def revisions(
    root: Path,
    mesh: Mesh,
    services: Iterable[str],
    content: Content | None = None,
    known: Mapping[str, Shipped] = _NONE,
) -> Mapping[str, Revision]:
    """Service id -> revision of it in the working tree at `root`, for services of the mesh.

    `content` may be handed on from call to call: files that did not change are not read again.
    `known` has what somebody has just learnt of services' folders, by path.
    """
    reader = _Reader(mesh, content or Content.below(root), known)
    return {name: reader.revision(mesh.services[name]) for name in services}


class _Reader:
    def __init__(self, mesh: Mesh, content: Content, known: Mapping[str, Shipped]) -> None:
        self._mesh, self._content, self._known = mesh, content, known
        self._names: dict[str, frozenset[str]] = {}
        self._closures = Closures(mesh, content)
        self._workspace = digest_of(self._closures.workspace.lines)
        self._by_languages: dict[tuple[str, ...], tuple[tuple[str, str], ...]] = {}
        self._members = frozenset(module.path for module in mesh.workspace or ())
        self._by_stem: dict[str, list[str]] = {}
        for path in (path for folder in _CONTRACTS for path in content.files(folder)):
            for stem in stems(path):
                self._by_stem.setdefault(stem, []).append(path)

    def revision(self, service: Service) -> Revision:
        languages = tuple(sorted({workload.language for workload in service.workloads}))
        own = Shipped(MISSING, MISSING)
        if service.path:
            own = self._known.get(service.path) or shipped_from(self._content, service.path)
        source = {
            "service tree": own.tree,
            **dict(self._code(service)),
            **dict(self._shared(service, languages)),
            **{f"toolchain: {name}": told for name in languages if (told := toolchain(name))},
        }
        return Revision(_parts(source), _parts(dict(self._configuration(service, own))))

    def _code(self, service: Service) -> Iterator[tuple[str, str]]:
        if not service.path:
            return
        closure = self._closures.of(service)
        for folder in closure.folders:
            nested = self._closures.nested(folder) if closure.known else frozenset[str]()
            yield f"closure: {folder}", self._content.tree(folder, nested)
        for path in closure.outside:
            yield f"closure: {path}", UNKNOWN
        covered = tuple(f"{folder}/" for folder in closure.folders)
        for path in self._imported(service):
            if not path.startswith(covered):
                yield path, self._content.file(path)

    def _imported(self, service: Service) -> Iterator[str]:
        """Contracts that it serves or consumes: its own, its owners', those of its events."""
        for event in sorted({*service.consumes, *service.produces}):
            yield f"contracts/events/{event}.json"
        owners = (self._mesh.services.get(owner) for owner in service.owners)
        names = (name for one in (service, *owners) if one for name in self._names_of(one))
        yield from sorted({path for name in names for path in self._by_stem.get(name, ())})

    def _names_of(self, service: Service) -> frozenset[str]:
        if service.service_id not in self._names:
            self._names[service.service_id] = names_of(service)
        return self._names[service.service_id]

    def _shared(self, service: Service, languages: tuple[str, ...]) -> Iterator[tuple[str, str]]:
        if languages not in self._by_languages:
            found = (one for language in languages for one in self._of_language(language))
            told = tuple((path, digest) for path, digest in found if digest != MISSING)
            self._by_languages[languages] = told
        yield from self._by_languages[languages]
        if service.path in self._members:
            yield "go.work", self._workspace

    def _of_language(self, language: str) -> Iterator[tuple[str, str]]:
        for path in LOCKFILES.get(language, ()):
            yield path, self._content.file(path)
        stubs = f"contracts/gen/{language}"
        if stubs not in self._mesh.modules:
            yield stubs, self._content.tree(stubs)

    def _configuration(self, service: Service, own: Shipped) -> Iterator[tuple[str, str]]:
        yield TEMPLATE, own.template
        values = self._mesh.variables
        if names := sorted(own.references | values.keys()):
            told = (f"{name}={values[name]}" if name in values else name for name in names)
            yield "variables", digest_of(told)
        if service.owners:
            yield "owners", digest_of(sorted(service.owners))
        settings = self._mesh.settings
        if addresses := settings.addresses.get(service.service_id):
            yield "addresses", digest_of(f"{k}={v}" for k, v in sorted(addresses.items()))
        if commands := settings.run.get(service.service_id):
            lines = (item for name in sorted(commands) for item in (name, *commands[name], ""))
            yield "commands", digest_of(lines)


def _parts(digests: Mapping[str, str]) -> tuple[Part, ...]:
    return tuple(Part(name, digests[name]) for name in sorted(digests))
