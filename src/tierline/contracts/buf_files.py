"""Reads the settings of buf that a mesh brings: what may be run by them, and what not.

A mesh may be hostile, and buf starts whatever its files name as a plugin. So only plugins that a
person has installed under a plugin's name count, stubs stay below `contracts/`, and modules come
from one registry. What we understood is what buf is given: it never reads the mesh's own text.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterator, Mapping

from tierline.contracts.proto import CONFIG, Unsaid
from tierline.frozen import frozen
from tierline.mesh.clean import clean
from tierline.mesh.node import Value, plain_value
from tierline.mesh.source import Source
from tierline.mesh.yaml import read_yaml
from tierline.regex import regex

REGISTRY = "buf.build"
_PLUGIN = regex(r"protoc-gen-[A-Za-z0-9][A-Za-z0-9_.-]{0,60}")
_RULES = regex(r"buf-plugin-[A-Za-z0-9][A-Za-z0-9_.-]{0,60}")
_NAME = regex(r"[A-Za-z0-9][A-Za-z0-9_-]{0,60}")
_OF_REGISTRY = regex(
    rf"{re.escape(REGISTRY)}(?:/[A-Za-z0-9][A-Za-z0-9_-]{{0,60}}){{2}}(?::[A-Za-z0-9][A-Za-z0-9._-]{{0,60}})?"
)
_KEY = regex(r"[a-z][a-z0-9_]{0,60}")
"""a key that has no second spelling: buf's reader of JSON ignores case, also that of other alphabets"""
_OWN_PROGRAM = "name one that is installed on PATH as protoc-gen-NAME"
_KINDS = ("local", "remote", "protoc_builtin", "plugin", "name")


@frozen
class Recipe:
    """How stubs are generated. `template` is buf.gen.yaml as JSON; `outs` its folders of stubs.

    `programs` are plugins that must be on PATH; `remotes` those that the registry runs.
    """

    template: str
    outs: tuple[str, ...]
    programs: tuple[str, ...] = ()
    remotes: tuple[str, ...] = ()


class _Refused(Exception):  # noqa: N818 - never leaves this module; it becomes an Unsaid
    """The settings ask for something that is not done."""

    def __init__(self, reason: str, fix: str = "") -> None:
        super().__init__(reason)
        self.unsaid = Unsaid(reason, fix)


def for_buf(files: Mapping[str, bytes], label: str) -> Mapping[str, bytes] | Unsaid:
    """The files that buf is given for these, its settings written anew; `label` shows their folder."""
    given: dict[str, bytes] = {}
    try:
        for path, content in files.items():
            name = posixpath.basename(path)
            if name not in CONFIG:
                given[path] = content
                continue
            shown = f"{label}/{path}"
            document = _document(content, shown)
            _check_modules(document, shown)
            written = content if name == "buf.lock" else json.dumps(document).encode()
            given[path] = written
    except _Refused as error:
        return error.unsaid
    return given


def rules_of(files: Mapping[str, bytes]) -> Value:
    """What `breaking:` says in every buf.yaml, by path, and which files count at all.

    Nothing of one that cannot be read.
    """
    found: dict[str, Value] = {}
    for path, content in files.items():
        if posixpath.basename(path) != "buf.yaml":
            continue
        try:
            document = _document(content, path)
        except _Refused:
            continue
        modules = list(_tables(document.get("modules")))
        hidden = [[one.get("excludes"), one.get("includes")] for one in modules]
        found[path] = [
            *(document.get("breaking"), document.get("build")),
            *(module.get("breaking") for module in modules),
            *(what for one in hidden for what in one),
        ]
    return found


def recipe_of(content: bytes | None, shown: str) -> Recipe | Unsaid | None:
    """How buf.gen.yaml has stubs generated; None where it names no plugin, or is not there."""
    if content is None:
        return None
    try:
        document = _document(content, shown)
        plugins = list(_tables(document.get("plugins")))
        if not plugins:
            return None
        _check_inputs(document, shown)
        programs: list[str] = []
        remotes: list[str] = []
        for plugin in plugins:
            kind, name = _named(plugin, shown)
            (remotes if kind == "remote" else programs).append(name)
        outs = tuple(dict.fromkeys(_out(plugin, shown) for plugin in plugins))
    except _Refused as error:
        return error.unsaid
    kept = {key: value for key, value in document.items() if key != "clean"}
    return Recipe(json.dumps(kept), outs, tuple(programs), tuple(remotes))


def _document(content: bytes, shown: str) -> dict[str, Value]:
    source = Source(shown, "proto-lint")
    node = read_yaml(content, source)
    value = None if node is None else plain_value(node)
    if node is not None and value is None:
        value = {}
    if not isinstance(value, dict):
        defect = next(iter(source.defects), None)
        at = defect.place if defect else shown
        raise _Refused(f"{at}: {defect.message if defect else 'not a mapping'}", "correct it")
    if source.defects:
        first = source.defects[0]
        raise _Refused(f"{first.place}: {first.message}", "correct it")
    for table in (value, *(one for item in value.values() for one in _tables(item))):
        for key in table:
            if not _KEY.fullmatch(key):
                raise _Refused(
                    f"{shown}: {clean(key)} is no setting of buf", "write it in small letters"
                )
    return value


def _tables(value: Value | None) -> Iterator[dict[str, Value]]:
    if isinstance(value, list):
        yield from (item for item in value if isinstance(item, dict))


def _texts(value: Value | None) -> list[str]:
    if isinstance(value, list):
        return [str(item) for item in value]
    return [] if value is None else [str(value)]


def _check_modules(document: dict[str, Value], shown: str) -> None:
    """Modules come from the registry, rules from programs that a person has installed."""
    deps = document.get("deps")
    for one in deps if isinstance(deps, list) else ():
        name = one if isinstance(one, str) else ""
        if isinstance(one, dict):
            name = str(one.get("name") or f"{one.get('remote')}/")
        if not (_of_registry(name) or name == f"{REGISTRY}/"):
            raise _Refused(
                f"{shown}: the module {clean(name)} is not of {REGISTRY}, and no other registry "
                "is asked",
                f"keep the files beside the others, or take them from {REGISTRY}",
            )
    if document.get("policies"):
        raise _Refused(
            f"{shown}: policies of buf may name programs, and are not read",
            "say lint and breaking rules in buf.yaml itself",
        )
    for plugin in _tables(document.get("plugins")):
        words = _texts(plugin.get("plugin"))
        if len(words) != 1 or not (_RULES.fullmatch(words[0]) or _of_registry(words[0])):
            raise _Refused(
                f"{shown}: the rules of {clean(' '.join(words))} are a program of the mesh's own, "
                "which is not run",
                "name one that is installed on PATH as buf-plugin-NAME",
            )


def _of_registry(name: str) -> bool:
    """Whether buf would take it for a plugin or module of the registry, and not for a file."""
    return _OF_REGISTRY.fullmatch(name) is not None


def _check_inputs(document: dict[str, Value], shown: str) -> None:
    for one in _tables(document.get("inputs")):
        folder = one.get("directory")
        if not isinstance(folder, str) or not _inside(folder):
            raise _Refused(
                f"{shown}: an input is no folder of contracts/",
                "generate from folders below contracts/",
            )


def _named(plugin: dict[str, Value], shown: str) -> tuple[str, str]:
    """("local" or "remote", the plugin's name) of one entry; refused where we do not run it."""
    kinds = [kind for kind in _KINDS if kind in plugin]
    if len(kinds) != 1:
        raise _Refused(f"{shown}: a plugin needs one of local, remote and protoc_builtin")
    words = _texts(plugin[kinds[0]])
    name = words[0] if len(words) == 1 else ""
    if "protoc_path" in plugin:
        raise _Refused(f"{shown}: protoc_path names a program of the mesh's own", _OWN_PROGRAM)
    if kinds[0] == "remote" or (kinds[0] in {"plugin", "name"} and "/" in name):
        if "path" in plugin:
            raise _Refused(f"{shown}: the path of {clean(name)} is not followed", _OWN_PROGRAM)
        if not _of_registry(name):
            raise _Refused(
                f"{shown}: the plugin {clean(name or ' '.join(words))} is not of {REGISTRY}, and no "
                "other registry is asked",
                _OWN_PROGRAM,
            )
        return "remote", name
    if kinds[0] == "protoc_builtin":
        if not _NAME.fullmatch(name):
            raise _Refused(f"{shown}: {clean(' '.join(words))} is no plugin of protoc")
        return "local", "protoc"
    if kinds[0] in {"plugin", "name"}:
        path = _texts(plugin.get("path")) or [f"protoc-gen-{name}"]
        name = path[0] if len(path) == 1 else ""
        words = path
    if not _PLUGIN.fullmatch(name):
        raise _Refused(
            f"{shown}: the plugin {clean(' '.join(words))} is a command of the mesh's own, "
            "which is not run",
            _OWN_PROGRAM,
        )
    return "local", name


def _out(plugin: dict[str, Value], shown: str) -> str:
    out = plugin.get("out")
    if not isinstance(out, str) or not _inside(out) or out.endswith((".jar", ".zip")):
        raise _Refused(
            f"{shown}: stubs go to {clean(str(out))}, which is no folder of contracts/",
            "generate into a folder below contracts/, such as gen/go",
        )
    return posixpath.normpath(out)


def _inside(path: str) -> bool:
    normal = posixpath.normpath(path)
    return bool(path) and not normal.startswith(("/", "..")) and "\\" not in path
