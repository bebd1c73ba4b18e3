"""A schema and where it stands: a node of a document with its JSON pointer; resolves references.

Reads no file: a reference that leaves its document is not followed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from enum import Enum
from posixpath import dirname, join, normpath
from typing import NamedTuple
from urllib.parse import unquote

from tierline.contracts.change import Spot
from tierline.frozen import frozen
from tierline.mesh.defect import Place
from tierline.mesh.node import ListNode, MapNode, Node, Scalar, Value, plain_value
from tierline.regex import regex

_INDEX = regex(r"0|[1-9][0-9]{0,8}")


class Dialect(Enum):
    """Which rules a schema is written by, where they differ."""

    DRAFT_7 = "draft-07"
    MODERN = "2019-09 or later"
    OPENAPI_3_0 = "OpenAPI 3.0"

    @property
    def ref_alone(self) -> bool:
        """Whether keywords beside `$ref` count for nothing."""
        return self is not Dialect.MODERN


class Way(Enum):
    """Which way the data goes: `readOnly` is not written in requests, `writeOnly` in answers."""

    ANY = "any"
    REQUEST = "request"
    ANSWER = "answer"


@frozen
class Document:
    """A file by its path as shown. Pointers of references begin at `root`, which is at `base`.

    `path` is that below the mesh root, "" where nobody knows; `beside` are the files to which its
    references may lead, by theirs.
    """

    shown: str
    root: Node
    dialect: Dialect = Dialect.MODERN
    way: Way = Way.ANY
    base: str = ""
    path: str = ""
    beside: Mapping[str, Document] = field(default_factory=dict[str, "Document"], repr=False)


class At(NamedTuple):
    """A node of a document. `pointer` begins at the document's root."""

    document: Document
    pointer: str
    node: Node

    @property
    def key(self) -> tuple[str, str, Way]:
        """What tells it from every other schema of two documents."""
        return self.document.shown, self.pointer, self.document.way

    @property
    def fields(self) -> MapNode | None:
        """The node where it is a mapping."""
        return self.node if isinstance(self.node, MapNode) else None

    def has(self, keyword: str) -> bool:
        """Whether it is a mapping with this key."""
        return isinstance(self.node, MapNode) and keyword in self.node.fields

    def value(self, keyword: str) -> Value:
        """The plain value of a key; None where it has none."""
        node = self.fields and self.fields.value(keyword)
        return None if node is None else plain_value(node)

    def child(self, keyword: str) -> At | None:
        """The value of a key as a schema."""
        node = self.fields and self.fields.value(keyword)
        return None if node is None else At(self.document, _join(self.pointer, keyword), node)

    def children(self) -> dict[str, At]:
        """Every key of a mapping with its value; nothing of anything else."""
        if not isinstance(self.node, MapNode):
            return {}
        return {
            name: At(self.document, _join(self.pointer, name), field.value)
            for name, field in self.node.fields.items()
        }

    def items(self) -> tuple[At, ...]:
        """Every entry of a list; nothing of anything else."""
        if not isinstance(self.node, ListNode):
            return ()
        return tuple(
            At(self.document, _join(self.pointer, str(number)), node)
            for number, node in enumerate(self.node.items)
        )

    def spot(self, keyword: str = "") -> Spot:
        """Where it stands, or its keyword where it has that."""
        field = self.fields.fields.get(keyword) if self.fields and keyword else None
        node = field.key if field else self.node
        pointer = _join(self.pointer, keyword) if field else self.pointer
        place = Place(self.document.shown, node.line, node.column)
        return Spot(f"{self.document.base}{pointer}" or "/", place)

    def boolean(self) -> bool | None:
        """True or false where the schema is just that."""
        if isinstance(self.node, Scalar) and self.node.plain and self.node.text in _BOOLEANS:
            return _BOOLEANS[self.node.text]
        return None


_BOOLEANS = {"true": True, "false": False, "True": True, "False": False}


def root_of(document: Document) -> At:
    """The whole document."""
    return At(document, "", document.root)


def resolve(at: At, reference: str) -> At | None:
    """What a reference (`#/$defs/x`, `#name`, `#`, `../schemas/x.json`) names; None where nothing.

    Nothing but files beside the document is looked at.
    """
    file, _, fragment = reference.partition("#")
    root = _beside(at.document, file) if file else root_of(at.document)
    if root is None or not fragment:
        return root
    pointer = unquote(fragment)
    if not pointer.startswith("/"):
        return _anchored(root, pointer)
    found = root
    for token in pointer[1:].split("/"):
        step = _step(found, token.replace("~1", "/").replace("~0", "~"))
        if step is None:
            return None
        found = step
    return found


def _beside(document: Document, file: str) -> At | None:
    """Another file, read by the same rules unless it names its own, for data that goes the same way."""
    if not document.path or ":" in file or file.startswith("/"):
        return None
    other = document.beside.get(normpath(join(dirname(document.path), unquote(file))))
    if other is None:
        return None
    dialect = dialect_of(root_of(other)) or document.dialect
    return root_of(replace(other, dialect=dialect, way=document.way))


def dialect_of(schema: At) -> Dialect | None:
    """The rules that a schema names; None where it names none."""
    named = str(schema.value("$schema") or "")
    if not named:
        return None
    return Dialect.DRAFT_7 if any(one in named for one in _OLD_DRAFTS) else Dialect.MODERN


_OLD_DRAFTS = ("draft-03", "draft-04", "draft-05", "draft-06", "draft-07")


def _step(at: At, token: str) -> At | None:
    if isinstance(at.node, ListNode):
        known = _INDEX.fullmatch(token) and int(token) < len(at.node.items)
        return at.items()[int(token)] if known else None
    return at.child(token)


def _anchored(root: At, name: str) -> At | None:
    """The schema of `$defs` or `definitions` with this anchor."""
    for keyword in ("$defs", "definitions"):
        defined = root.child(keyword)
        for at in (defined.children() if defined else {}).values():
            if name in (at.value("$anchor"), str(at.value("$id") or "").removeprefix("#")):
                return at
    return root if root.value("$anchor") == name else None


def _join(pointer: str, token: str) -> str:
    return f"{pointer}/{token.replace('~', '~0').replace('/', '~1')}"
