"""Reads what proto files and OpenAPI documents are called and which version they are of.

Does not parse what they promise: comparing contracts is not done here.
"""

from __future__ import annotations

import re

from tierline.frozen import frozen
from tierline.mesh.clean import clean
from tierline.mesh.defect import Defect, Place
from tierline.mesh.k8s_value import child, word
from tierline.mesh.source import Source
from tierline.mesh.text import TextLimits, decode
from tierline.mesh.yaml import read_yaml
from tierline.regex import regex

PROTO = "contracts/proto/"
OPENAPI = "contracts/openapi/"
PROTO_SIZE = 512 * 1024
"""bytes of a proto file"""

_STRING = r"\"(?:[^\"\\\n]|\\.){0,200}\"|'(?:[^'\\\n]|\\.){0,200}'"
_HIDDEN = regex(rf"{_STRING}|//[^\n]*|/\*.*?(?:\*/|\Z)", re.DOTALL)
_PACKAGE = regex(r"(?m)^[ \t]*package[ \t]+([A-Za-z_][\w.]{0,200})\s*;")
_SERVICE = regex(r"\bservice\s+([A-Za-z_]\w{0,100})\s*\{")
_VERSION = regex(r"v[0-9]+(?:(?:alpha|beta)[0-9]*)?")


@frozen
class ApiContract:
    """`kind` is proto or openapi. `name`: the package, or the document's title; `version` "": none.

    `path` is relative to the mesh root; `services` are those that a proto file defines.
    """

    kind: str
    path: str
    name: str
    version: str
    services: tuple[str, ...]
    place: Place


def is_api_contract(path: str) -> bool:
    """Whether a path of the mesh is one of the two kinds."""
    if path.startswith(PROTO):
        return path.endswith(".proto")
    return path.startswith(OPENAPI) and path.endswith((".yaml", ".yml", ".json"))


def parse_api_contract(
    content: bytes, path: str, shown: str
) -> tuple[ApiContract | None, tuple[Defect, ...]]:
    """The contract in a file. None where it cannot be read."""
    if path.startswith(PROTO):
        return _proto(content, path, shown)
    source = Source(shown, "openapi-breaking")
    root = read_yaml(content, source)
    document = None if root is None else source.fields(root, "the OpenAPI document")
    if document is None:
        return None, tuple(source.defects)
    info = child(document, "info", source)
    title, version = clean(word(info, "title")), clean(word(info, "version"), 40)
    if not version:
        source.defect("missing-key", "no `info.version`", info or document, "say its version")
    place = source.place(info or document)
    return ApiContract("openapi", path, title, version, (), place), tuple(source.defects)


def _proto(content: bytes, path: str, shown: str) -> tuple[ApiContract | None, tuple[Defect, ...]]:
    source = Source(shown, "proto-lint")
    text = decode(content, source, TextLimits(PROTO_SIZE))
    if text is None:
        return None, tuple(source.defects)
    bare = _HIDDEN.sub(_blank, text)
    match = _PACKAGE.search(bare)
    if match is None:
        source.defect("missing-key", "no `package`", None, "declare the package and its version")
    package = match[1] if match else ""
    version = next((p for p in reversed(package.split(".")) if _VERSION.fullmatch(p)), "")
    line = bare.count("\n", 0, match.start(1)) + 1 if match else 0
    services = tuple(dict.fromkeys(_SERVICE.findall(bare)))
    place = Place(source.path, line, 1 if line else 0)
    return ApiContract("proto", path, package, version, services, place), tuple(source.defects)


def _blank(match: re.Match[str]) -> str:
    """What stands for a comment or a string: its line feeds, so that lines still count."""
    return "\n" * match[0].count("\n") or " "
