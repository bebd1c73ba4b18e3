"""Reads what a `pyproject.toml` calls its project and which folders it depends on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from posixpath import join, normpath
from typing import cast

from tierline.mesh.clean import UNPRINTABLE, clean
from tierline.mesh.defect import Place
from tierline.mesh.model import LocalModule, Module
from tierline.mesh.source import Source
from tierline.mesh.tomltext import Places, read_toml

_Table = Mapping[str, object]


def parse_pyproject(content: bytes, source: Source, folder: str) -> Module | None:
    """The project in `folder` (relative to the mesh root). None where it is not TOML.

    Path dependencies are `[tool.uv.sources]`, `[tool.uv.workspace] members`,
    `[tool.poetry.dependencies]` with `path`, and requirements of the form `name @ file:PATH`.
    """
    read = read_toml(content, source)
    if read is None:
        return None
    document, places = read
    project = _table(document, "project")
    name = project.get("name", _table(_table(document, "tool"), "poetry").get("name", ""))
    named = isinstance(name, str) and not UNPRINTABLE.search(name)
    if not named or (project and not name):
        source.defect("no-module", "no `project.name`", places.of("project"), "name the project")
    place = places.of("project", "name") or source.place()
    local = tuple(_local(document, project, folder, (source, places)))
    python = project.get("requires-python")
    version = clean(python) if isinstance(python, str) else ""
    return Module(str(name) if named else "", place, local, {}, version)


def _local(
    document: _Table, project: _Table, folder: str, where: tuple[Source, Places]
) -> Iterator[LocalModule]:
    source, places = where
    tool = _table(document, "tool")
    for keys, table in (
        (("tool", "uv", "sources"), _table(_table(tool, "uv"), "sources")),
        (("tool", "poetry", "dependencies"), _table(_table(tool, "poetry"), "dependencies")),
    ):
        for name in table:
            path = _table(table, name).get("path")
            if isinstance(path, str):
                place = places.of(*keys, name) or source.place()
                yield _module(clean(name), path, folder, (source, place))
    listed = project.get("dependencies")
    for requirement in cast("list[object]", listed) if isinstance(listed, list) else ():
        name, _, target = str(requirement).partition("@")
        if target.strip().startswith("file:"):
            path = target.strip().removeprefix("file://").removeprefix("file:")
            place = places.of("project", "dependencies") or source.place()
            yield _module(clean(name.strip()), path.split(";")[0].strip(), folder, (source, place))


def _module(name: str, path: str, folder: str, where: tuple[Source, Place]) -> LocalModule:
    source, place = where
    target = normpath(join(folder, path)) if path else folder
    if target == ".." or target.startswith(("../", "/")):
        message = f"{clean(path)} leads out of the mesh"
        source.defect("module-outside", message, place, "keep what is built from inside the mesh")
    return LocalModule(name, target, place)


def _table(table: _Table, key: str) -> _Table:
    value = table.get(key)
    return cast("_Table", value) if isinstance(value, dict) else {}
