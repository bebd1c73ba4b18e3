"""Which folders of the mesh a service is built from besides its own; knows no build tool's output.

Go: `replace` and the mesh's `go.work`; Python: `[tool.uv.sources]` path dependencies; Node:
`file:` dependencies. Where none of these files says it, the closure is unknown: then all shared
folders of the mesh belong to it.
"""

from __future__ import annotations

import json
import posixpath
import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from tierline.errors import PermanentError

_LARGEST = 1_000_000
_NOT_SHARED = frozenset({"services", "docs", "scripts", "environments", "tooling", "node_modules"})


@dataclass(frozen=True, slots=True)
class Closure:
    """Folders relative to the mesh root, sorted; none of them inside another of them.

    `python_path` are those that Python imports from. `go_work` is the text of the `go.work` that
    names the staged modules only, "" where the service builds without one.
    """

    folders: tuple[str, ...]
    python_path: tuple[str, ...] = ()
    go_work: str = ""


@dataclass(frozen=True, slots=True)
class GoModule:
    """What of a go.mod or go.work matters here. `local` are replacements by folders."""

    module: str = ""
    requires: frozenset[str] = frozenset()
    local: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    """the directives `go`, `toolchain`, `godebug` and `replace`, as written"""


def go_directives(text: str) -> Iterator[tuple[str, str]]:
    """(verb, rest) of each directive of a go.mod or go.work, blocks unfolded, comments dropped."""
    verb = ""
    for raw in text.splitlines():
        line = raw.partition("//")[0].strip()
        if not line:
            continue
        if verb:
            if line == ")":
                verb = ""
            else:
                yield verb, line
            continue
        head, _, rest = line.partition(" ")
        if rest.strip() == "(" or head.endswith("("):
            verb = head.rstrip("(")
        else:
            yield head, rest.strip()


def read_go(text: str) -> GoModule:
    """A go.mod or go.work; what it cannot have is left out, the Go tool says why."""
    module, requires, local, uses, kept = "", set[str](), list[str](), list[str](), list[str]()
    for verb, rest in go_directives(text):
        words = [word.strip('"`') for word in rest.split()]
        if verb == "module" and words:
            module = words[0]
        elif verb == "require" and words:
            requires.add(words[0])
        elif verb == "use" and words:
            uses.append(words[0])
        elif verb == "replace" and "=>" in words:
            target = words[words.index("=>") + 1 :]
            local += [t for t in target[:1] if t.startswith((".", "/"))]
        if verb in {"go", "toolchain", "godebug", "replace"}:
            kept.append(f"{verb} {rest}")
    return GoModule(module, frozenset(requires), tuple(local), tuple(uses), tuple(kept))


class Closures:
    """Reads the files of one mesh once, however many services ask."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._modules: dict[str, GoModule | None] = {}

    def of(self, service_path: str) -> Closure:
        """The closure of a service; PermanentError (`build/escape`) where it leaves the mesh."""
        found = {service_path}
        python_path: list[str] = []
        known = self._go(service_path, found)
        known |= self._python(service_path, found, python_path)
        known |= self._node(service_path, found)
        if not known:
            found |= set(self._shared())
        folders = _outermost(found)
        work = self._workspace(service_path, folders)
        return Closure(folders, tuple(python_path), work)

    def _go(self, path: str, found: set[str]) -> bool:
        module = self._module(path)
        if module is None:
            return False
        work = self._work()
        in_work = {self._inside("", use): use for use in work.uses}
        waiting = [path]
        if path in in_work:
            waiting += [used for used in in_work if not used.startswith("services/")]
            waiting += [self._inside("", target) for target in work.local]
        by_name = {m.module: used for used in in_work if (m := self._module(used)) and m.module}
        seen: set[str] = set()
        while waiting:
            current = waiting.pop()
            if current in seen:
                continue
            seen.add(current)
            module = self._module(current) or GoModule()
            waiting += [self._inside(current, target) for target in module.local]
            if path in in_work:
                waiting += [by_name[name] for name in module.requires if name in by_name]
        found |= {folder for folder in seen if (self._root / folder).is_dir()}
        return True

    def _python(self, path: str, found: set[str], python_path: list[str]) -> bool:
        text = self._read(posixpath.join(path, "pyproject.toml"))
        if text is None:
            return False
        for target in _uv_paths(text):
            folder = self._inside(path, target)
            if folder in found:
                continue
            found.add(folder)
            source = posixpath.join(folder, "src")
            python_path.append(source if (self._root / source).is_dir() else folder)
            self._python(folder, found, python_path)
        return True

    def _node(self, path: str, found: set[str]) -> bool:
        text = self._read(posixpath.join(path, "package.json"))
        if text is None:
            return False
        for target in _file_dependencies(text):
            folder = self._inside(path, target)
            if folder not in found:
                found.add(folder)
                self._node(folder, found)
        return True

    def _shared(self) -> Iterator[str]:
        for child in sorted(self._root.iterdir()):
            hidden = child.name.startswith(".") or child.name in _NOT_SHARED
            if child.is_dir() and not child.is_symlink() and not hidden:
                yield child.name

    def _workspace(self, service_path: str, folders: Iterable[str]) -> str:
        work = self._work()
        staged = tuple(folders)
        uses = [use for use in work.uses if _below_any(self._inside("", use), staged)]
        if service_path not in {self._inside("", use) for use in uses}:
            return ""
        return "\n".join([*work.kept, *(f"use {use}" for use in uses)]) + "\n"

    def _work(self) -> GoModule:
        return self._cached("go.work") or GoModule()

    def _module(self, folder: str) -> GoModule | None:
        return self._cached(posixpath.join(folder, "go.mod"))

    def _cached(self, path: str) -> GoModule | None:
        if path not in self._modules:
            text = self._read(path)
            self._modules[path] = None if text is None else read_go(text)
        return self._modules[path]

    def _read(self, path: str) -> str | None:
        file = self._root / path
        try:
            inside = file.resolve().is_relative_to(self._root.resolve())
            if not inside or not file.is_file() or file.stat().st_size > _LARGEST:
                return None
            return file.read_text(encoding="utf-8", errors="replace")
        except OSError:
            return None

    def _inside(self, folder: str, target: str) -> str:
        joined = posixpath.normpath(posixpath.join(folder, target))
        if joined.startswith(("..", "/")):
            raise PermanentError(
                f"{folder or 'go.work'} builds from {target!r}, which is outside the mesh",
                code="build/escape",
                fix="move the module into the mesh",
            )
        return joined


def _outermost(folders: Iterable[str]) -> tuple[str, ...]:
    kept: list[str] = []
    for folder in sorted(folders):
        if not _below_any(folder, kept):
            kept.append(folder)
    return tuple(kept)


def _below_any(folder: str, others: Iterable[str]) -> bool:
    return any(folder == other or folder.startswith(f"{other}/") for other in others)


def _uv_paths(text: str) -> tuple[str, ...]:
    try:
        document: object = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return ()
    for key in ("tool", "uv", "sources"):
        document = _table(document).get(key)
    paths = (_table(source).get("path") for source in _table(document).values())
    return tuple(path for path in paths if isinstance(path, str))


def _file_dependencies(text: str) -> tuple[str, ...]:
    try:
        document: object = json.loads(text)
    except (ValueError, RecursionError):
        return ()
    values = _table(_table(document).get("dependencies")).values()
    found = (re.fullmatch(r"(?:file|link):(.+)", v) for v in values if isinstance(v, str))
    return tuple(match[1] for match in found if match)


def _table(value: object) -> dict[str, object]:
    return cast("dict[str, object]", value) if isinstance(value, dict) else {}
