"""Which folders of the mesh a service builds from besides its own, by what its modules declare.

Go: `replace` and, for members of go.work, what they require of its other members and its own
`replace`; Python: path dependencies and, of a uv workspace, the members that it names; Node:
`file:` and `link:`. Where nothing declares it, the closure is unknown: all shared folders.
"""

from __future__ import annotations

import json
import posixpath
import re
import tomllib
from collections.abc import Iterator
from typing import cast

from tierline.evidence.content import Content
from tierline.frozen import frozen
from tierline.mesh.model import Mesh, Module, Service

NOT_SHARED = frozenset({"services", "docs", "scripts", "environments", "tooling"})
"""folders of a mesh that no program is built from"""
_GO = "/go.mod"
_MESH = "."
"""the mesh root as a folder to build from: that says nothing about what is built from"""


@frozen
class Closure:
    """`folders` relative to the mesh root, sorted, without the service's own.

    `outside` are declared paths that leave the mesh: nobody can say what they hold. `known` is
    False where nothing declares what the service builds from; then `folders` are all shared ones.
    """

    folders: tuple[str, ...]
    outside: tuple[str, ...] = ()
    known: bool = True


class Closures:
    """The closures of one mesh; its declarations are read once, however many services ask."""

    def __init__(self, mesh: Mesh, content: Content) -> None:
        self._mesh, self._content = mesh, content
        self._members = {module.path for module in mesh.workspace or ()}
        found = {p: mesh.modules[p] for p in sorted(self._members) if p in mesh.modules}
        self._by_go_name = {module.name: path for path, module in found.items() if module.name}
        self._by_project = {
            _normal(module.name): path
            for path, module in mesh.modules.items()
            if path and module.name and not _is_go(module)
        }
        self.workspace = workspace_of(content.read("go.work") or b"")

    def of(self, service: Service) -> Closure:
        """What a service builds from."""
        found: dict[str, None] = {}
        outside: set[str] = set()
        waiting, known = [service.path], True
        while waiting:
            path = waiting.pop()
            if path in found:
                continue
            if path.startswith(("..", "/")):
                outside.add(path)
            elif path == _MESH:
                known = False
            else:
                found[path] = None
                declared = self._declared(path, service.path in self._members)
                known = known and (declared is not None or path != service.path)
                waiting += declared or ()
        if not known:
            shared = (name for name in self._content.folders() if name not in NOT_SHARED)
            found |= dict.fromkeys(shared)
        return Closure(tuple(sorted(found.keys() - {service.path})), tuple(sorted(outside)), known)

    def nested(self, folder: str) -> frozenset[str]:
        """Modules inside a Go module: Go does not count them as part of it."""
        module = self._mesh.modules.get(folder)
        if module is None or not _is_go(module):
            return frozenset()
        below = (path for path in self._mesh.modules if path.startswith(folder + "/"))
        return frozenset(path for path in below if _is_go(self._mesh.modules[path]))

    def _declared(self, path: str, member: bool) -> tuple[str, ...] | None:
        """Folders that the module in `path` names, None if nothing there declares any."""
        module = self._mesh.modules.get(path)
        if module is None:
            text = self._content.read(posixpath.join(path, "package.json"))
            return None if text is None else _packages(path, text)
        local = tuple(posixpath.normpath(local.path) for local in module.local)
        if _is_go(module):
            return (*local, *self._required(module)) if member else local
        text = self._content.read(posixpath.join(path, "pyproject.toml"))
        names = _workspace_sources(text or b"")
        if any(name not in self._by_project for name in names):
            return None
        return (*local, *(self._by_project[name] for name in names))

    def _required(self, module: Module) -> Iterator[str]:
        yield from (self._by_go_name[name] for name in module.requires if name in self._by_go_name)
        yield from self.workspace.replaced


@frozen
class Workspace:
    """What go.work says besides its list of members, line by line, and the folders it replaces by."""

    lines: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()


def workspace_of(text: bytes) -> Workspace:
    """What the text of go.work says besides its members."""
    lines: list[str] = []
    verb = ""
    for raw in text.decode("utf-8", "replace").splitlines():
        line = " ".join(raw.partition("//")[0].split())
        if not line or line == ")":
            verb = "" if line else verb
        elif line.endswith("("):
            verb = line[:-1].strip()
        else:
            lines.append(f"{verb} {line}".strip())
    kept = [line for line in lines if not line.startswith("use ")]
    targets = (line.partition("=> ")[2].split(" ")[0].strip('"`') for line in kept)
    local = (posixpath.normpath(t) for t in targets if t.startswith((".", "/")))
    return Workspace(tuple(sorted(kept)), tuple(local))


def _workspace_sources(text: bytes) -> tuple[str, ...]:
    """Projects that a pyproject.toml takes from its uv workspace, by normal name."""
    try:
        document: object = tomllib.loads(text.decode("utf-8", "replace"))
    except (tomllib.TOMLDecodeError, RecursionError):
        return ()
    for key in ("tool", "uv", "sources"):
        document = _table(document).get(key)
    sources = cast("dict[str, object]", _table(document))
    return tuple(_normal(n) for n, source in sources.items() if "workspace" in _table(source))


def _packages(path: str, text: bytes) -> tuple[str, ...] | None:
    try:
        document: object = json.loads(text)
    except (ValueError, RecursionError):
        return None
    found: list[str] = []
    for table in ("dependencies", "optionalDependencies", "devDependencies"):
        for value in _table(_table(document).get(table)).values():
            match = re.fullmatch(r"(file|link|workspace):(.*)", value) if _is_text(value) else None
            if match and match[1] == "workspace":
                return None
            if match:
                found.append(posixpath.normpath(posixpath.join(path, match[2])))
    return tuple(found)


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _table(value: object) -> dict[str, str]:
    return cast("dict[str, str]", value) if isinstance(value, dict) else {}


def _is_go(module: Module) -> bool:
    return module.place.path.endswith(_GO)


def _normal(name: str) -> str:
    """A Python project's name as indexes compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()
