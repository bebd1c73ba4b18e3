"""Which proto files a consumer surely does not use: neither imported as stubs nor named anywhere.

Whatever is in doubt counts as used: code in a language whose imports are not read, a proto file without
stubs, code that looks types up by name at run time. Opens no file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field
from posixpath import basename, dirname

from tierline.frozen import frozen
from tierline.mesh.api_contracts import PROTO
from tierline.mesh.go_source import go_imports
from tierline.regex import regex

_READ = frozenset({".go", ".py"})
_UNREAD = regex(
    r"\.(?:[cm]?[jt]sx?|rb|java|kts?|scala|rs|cs|fs|php|swift|dart|exs?|c|cc|cpp|h|proto)"
)
_BY_NAME = regex(
    r"\bimportlib\b|\b__import__\b|\bexec\(|\bprotos\(|protoregistry|dynamicpb|protoreflect"
)
_SOURCE = regex(r"(?m)^(?://|#) source: (\S{1,300})\s*$")


@frozen
class Stubs:
    """Generated files, path below `contracts/gen/<language>/` -> text."""

    files: Mapping[str, str] = field(default_factory=dict[str, str])

    def packages(self, proto: str) -> frozenset[str]:
        """Folders of Go stubs of a proto file: those that name it as source, or lie where it does."""
        return frozenset(
            dirname(path)
            for path, text in self.files.items()
            if path.endswith(".go") and (dirname(path) == dirname(proto) or _from(text, proto))
        )

    def modules(self, proto: str) -> frozenset[str]:
        """Names of Python stubs of a proto file."""
        stem = basename(proto).removesuffix(".proto").replace("-", "_") + "_pb2"
        return frozenset({stem} & {_module(path) for path in self.files})


@frozen
class Sources:
    """What a consumer is built from: path -> text. `whole` is False where some of it was not read."""

    files: Mapping[str, str]
    whole: bool = True


def unused_protos(protos: Mapping[str, str], sources: Sources, stubs: Stubs) -> frozenset[str]:
    """Of proto files (path from the mesh root -> package) those that these sources do not use."""
    languages = {_suffix(path) for path in sources.files} & _READ
    if not sources.whole or not languages or any(map(_doubtful, sources.files.items())):
        return frozenset()
    imported = frozenset(
        one
        for path, text in sources.files.items()
        if path.endswith(".go")
        for one in go_imports(text)
    )
    packages, words = _packages(imported, stubs), tuple(sources.files.values())
    modules = _modules(sources, stubs)
    found: set[str] = set()
    for path, package in protos.items():
        proto = path.removeprefix(PROTO)
        go, python = stubs.packages(proto), stubs.modules(proto)
        made = (go or ".go" not in languages) and (python or ".py" not in languages)
        named = not package or any(package in text or proto in text for text in words)
        rooted = _rooted(sources, package)
        if made and not named and not rooted and not go & packages and not python & modules:
            found.add(path)
    return frozenset(found)


def _from(text: str, proto: str) -> bool:
    match = _SOURCE.search(text[:4000])
    return match is not None and match[1] == proto


def _module(path: str) -> str:
    return basename(path).removesuffix(".py").removesuffix("_grpc")


def _suffix(path: str) -> str:
    name = basename(path)
    return name[name.rfind(".") :] if "." in name else ""


def _doubtful(file: tuple[str, str]) -> bool:
    path, text = file
    suffix = _suffix(path)
    if suffix in _READ:
        return _BY_NAME.search(text) is not None
    return _UNREAD.fullmatch(suffix) is not None


def _packages(imported: Iterable[str], stubs: Stubs) -> frozenset[str]:
    """Folders of stubs that are imported, those as well that such stubs import themselves."""
    folders: dict[str, set[str]] = {}
    for path, text in stubs.files.items():
        if path.endswith(".go"):
            folders.setdefault(dirname(path), set()).update(go_imports(text))
    reached: set[str] = set()
    waiting = list(imported)
    while waiting:
        one = waiting.pop()
        for folder in folders.keys() - reached:
            if one == folder or one.endswith(f"/{folder}"):
                reached.add(folder)
                waiting += folders[folder]
    return frozenset(reached)


def _modules(sources: Sources, stubs: Stubs) -> frozenset[str]:
    """Python stubs whose name stands anywhere in the code, or in stubs that are named there."""
    texts: dict[str, str] = {}
    for path, text in stubs.files.items():
        if path.endswith(".py"):
            texts[_module(path)] = texts.get(_module(path), "") + text
    waiting = [text for path, text in sources.files.items() if path.endswith(".py")]
    reached: set[str] = set()
    while waiting:
        text = waiting.pop()
        for name in [one for one in texts if one not in reached and one in text]:
            reached.add(name)
            waiting.append(texts[name])
    return frozenset(reached)


def _rooted(sources: Sources, package: str) -> bool:
    """Whether Python code imports from a package that begins as the proto package does."""
    root = regex(rf"(?m)^[ \t]*(?:from|import)[ \t]+{package.partition('.')[0]}\b")
    return any(path.endswith(".py") and root.search(text) for path, text in sources.files.items())
