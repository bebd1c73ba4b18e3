"""Reads what consumers are built from and the stubs of a mesh, to find proto files that they do not use."""

from __future__ import annotations

from collections.abc import Iterable

from tierline.contracts.stub_use import Sources, Stubs, unused_protos
from tierline.evidence.closure import Closures
from tierline.evidence.content import Content
from tierline.mesh.api_contracts import parse_api_contract
from tierline.mesh.model import Mesh, Service

MOST_FILES = 2_000
"""of one folder: what has more is not read"""
_GENERATED = "contracts/gen"
_CONTRACTS = "contracts"
_PROSE = (".md", ".txt", ".sum", ".lock")


class StubUses:
    """The stubs of one mesh and who uses them; each folder is read once."""

    def __init__(self, mesh: Mesh, content: Content) -> None:
        self._content = content
        self._closures = Closures(mesh, content)
        self._folders: dict[str, Sources] = {}
        self._packages: dict[str, str] = {}
        self._stubs: Stubs | None = None

    def unused(self, service: Service, protos: Iterable[str]) -> frozenset[str]:
        """Of these proto files (paths from the mesh root) those that a service surely does not use."""
        wanted = {path: self._package(path) for path in protos}
        if not wanted or not service.path:
            return frozenset()
        closure = self._closures.of(service)
        if not closure.known or closure.outside:
            return frozenset()
        shared = [one for one in closure.folders if one.partition("/")[0] != _CONTRACTS]
        read = [self._read(folder) for folder in (service.path, *shared)]
        files = {path: text for one in read for path, text in one.files.items()}
        sources = Sources(files, all(one.whole for one in read))
        return unused_protos(wanted, sources, self._made())

    def _package(self, path: str) -> str:
        if path not in self._packages:
            contract = parse_api_contract(self._content.read(path) or b"", path, path)[0]
            self._packages[path] = contract.name if contract else ""
        return self._packages[path]

    def _made(self) -> Stubs:
        if self._stubs is None:
            read = self._read(_GENERATED)
            below = (path.removeprefix(f"{_GENERATED}/") for path in read.files)
            names = (path.partition("/")[2] for path in below)
            self._stubs = Stubs(dict(zip(names, read.files.values(), strict=True)))
        return self._stubs

    def _read(self, folder: str) -> Sources:
        if folder not in self._folders:
            paths = [one for one in self._content.files(folder) if not one.endswith(_PROSE)]
            texts = {path: self._content.read(path) for path in paths[:MOST_FILES]}
            files = {path: text.decode(errors="replace") for path, text in texts.items() if text}
            unread = len(paths) > MOST_FILES or None in texts.values()
            self._folders[folder] = Sources(files, bool(paths) and not unread)
        return self._folders[folder]
