"""Reads YAML with the place of every key and value, within limits; knows nothing of meaning.

libyaml scans; keys, merges and aliases are ours: a duplicate key is a defect, an alias shares the
node that it names and counts at its full size, tags other than the core ones are refused. Nothing
here raises on bad input, and no message repeats the text that was read.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from typing import NoReturn, Protocol, TypeVar

import yaml
import yaml.cyaml
from yaml import events as of_yaml

from tierline.frozen import frozen
from tierline.mesh.clean import clean
from tierline.mesh.node import Field, ListNode, MapNode, Node, Scalar
from tierline.mesh.source import Source
from tierline.mesh.text import TextLimits, decode


@frozen
class YamlLimits:
    """Bounds of one file: bytes, levels of nesting, values with aliases expanded."""

    size: int = 4 * 1024 * 1024
    depth: int = 64
    nodes: int = 200_000


LIMITS = YamlLimits()
LARGE = YamlLimits(size=16 * 1024 * 1024, nodes=1_500_000)
"""for files that list every service of a mesh"""

T = TypeVar("T")

_CORE = "tag:yaml.org,2002:"
_SCALAR_TAGS = frozenset(
    {"!", *(f"{_CORE}{name}" for name in ("bool", "float", "int", "null", "str"))}
)
_LIST_TAGS = frozenset({"!", f"{_CORE}seq"})
_MAP_TAGS = frozenset({"!", f"{_CORE}map"})


def read_yaml(content: bytes, source: Source, limits: YamlLimits = LIMITS) -> Node | None:
    """The only document of a file. None, with a defect, where it cannot be read.

    Duplicate keys leave their first value standing. An empty file is an empty plain scalar.
    """
    documents = read_documents(content, source, limits)
    if documents is None:
        return None
    if len(documents) > 1:
        source.defect(
            "more-documents", "more than one YAML document", documents[1],
            "keep one; `---` starts another",
        )  # fmt: skip
    return documents[0] if documents else Scalar(1, 1, "", plain=True)


def read_documents(
    content: bytes, source: Source, limits: YamlLimits = LIMITS
) -> tuple[Node, ...] | None:
    """Every document of a file, in order. None, with a defect, where one cannot be read."""
    text = decode(content, source, TextLimits(limits.size))
    if text is None:
        return None
    try:
        with _events(text) as events:
            return tuple(_Builder(source, limits).documents(events))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = clean(str(getattr(error, "problem", None) or "it cannot be read"))
        at = source.line(mark.line + 1, mark.column + 1) if mark else None
        source.defect("not-yaml", f"not YAML: {problem}", at, "correct the syntax at this place")
    except _Refused:
        pass
    return None


class _Refused(Exception):  # noqa: N818 - never leaves this module; the defect is already noted
    """Reading stops here."""


class _Mark(Protocol):
    line: int
    column: int


class _Event(Protocol):
    """What is asked of libyaml's events, each having what its kind has; all have a mark."""

    start_mark: _Mark
    anchor: str | None
    tag: str | None
    implicit: tuple[bool, bool]
    value: str


_SCALAR: type = of_yaml.ScalarEvent
_MAPPING: type = of_yaml.MappingStartEvent
_STARTS: frozenset[type] = frozenset({_MAPPING, of_yaml.SequenceStartEvent})
_ENDS: frozenset[type] = frozenset({of_yaml.MappingEndEvent, of_yaml.SequenceEndEvent})
_ALIAS: type = of_yaml.AliasEvent
_DOCUMENT: type = of_yaml.DocumentStartEvent


class _Make(Protocol):
    def __call__(self, kind: type[T], values: tuple[object, ...], /) -> T: ...


class _Parser(Protocol):
    def get_event(self) -> _Event | None: ...

    def dispose(self) -> None: ...


_parser_of: Callable[[str], _Parser] = vars(yaml.cyaml)["CParser"]
"""libyaml's parser, which the library's stubs do not export."""


@contextmanager
def _events(text: str) -> Generator[Iterator[_Event]]:
    parser = _parser_of(text)
    try:
        yield iter(parser.get_event, None)
    finally:
        parser.dispose()


_made: _Make = vars(tuple)["__new__"]
"""makes a node as calling its class does, in half the time"""


class _Builder:
    """Turns events into nodes; one for each file. Most of the time of a check is spent here."""

    def __init__(self, source: Source, limits: YamlLimits) -> None:
        self._source = source
        self._limits = limits
        self._anchors: dict[str, Node | None] = {}
        self._stack: list[tuple[_Event, list[Node], int]] = []
        """what is open: how it began, where it is to be put, the count of values before it"""
        self._count = 0
        self._most = limits.nodes

    def documents(self, events: Iterable[_Event]) -> list[Node]:
        """Every document's value; libyaml gives events of these very classes."""
        items: list[Node] = []
        for event in events:
            kind = type(event)
            if kind is _SCALAR:
                items.append(self._scalar(event))
            elif kind in _STARTS:
                self._open(event, items)
                items = []
            elif kind in _ENDS:
                items = self._close(items)
            elif kind is _ALIAS:
                items.append(self._alias(event))
            elif kind is _DOCUMENT:
                self._anchors.clear()
        return items

    def _scalar(self, event: _Event) -> Scalar:
        mark = event.start_mark
        tag, plain = event.tag, event.implicit[0]
        if tag is not None:
            if tag not in _SCALAR_TAGS:
                self._refuse_tag(event)
            plain = tag not in {"!", f"{_CORE}str"}
        node = _made(Scalar, (mark.line + 1, mark.column + 1, event.value, plain))
        if event.anchor is not None:
            self._anchors[event.anchor] = node
        self._count += 1
        if self._count > self._most:
            self._too_many(event)
        return node

    def _alias(self, event: _Event) -> Node:
        name = event.anchor or ""
        node = self._anchors.get(name)
        if node is None:
            inside = name in self._anchors
            fact = "stands inside the value it names" if inside else "names no anchor above it"
            self._refuse("bad-alias", f"alias *{clean(name)} {fact}", event)
        self._count += 1 if isinstance(node, Scalar) else node.size
        if self._count > self._most:
            self._too_many(event)
        return node

    def _open(self, event: _Event, around: list[Node]) -> None:
        tag = event.tag
        if tag is not None and tag not in (_MAP_TAGS if type(event) is _MAPPING else _LIST_TAGS):
            self._refuse_tag(event)
        if len(self._stack) >= self._limits.depth:
            limit = self._limits.depth
            self._refuse("too-deep", f"nested more than {limit} levels deep", event)
        self._stack.append((event, around, self._count))
        if event.anchor is not None:
            self._anchors[event.anchor] = None
        self._count += 1
        if self._count > self._most:
            self._too_many(event)

    def _close(self, items: list[Node]) -> list[Node]:
        """Put what ends here, of a mapping keys and values in turn, into the list given back."""
        start, around, before = self._stack.pop()
        mark = start.start_mark
        line, column, size = mark.line + 1, mark.column + 1, self._count - before
        node: Node
        if type(start) is _MAPPING:
            node = _made(MapNode, (line, column, self._fields(items), size))
        else:
            node = _made(ListNode, (line, column, tuple(items), size))
        if start.anchor is not None:
            self._anchors[start.anchor] = node
        around.append(node)
        return around

    def _fields(self, items: list[Node]) -> dict[str, Field]:
        own: dict[str, Field] = {}
        merged: dict[str, Field] = {}
        for key, value in zip(items[::2], items[1::2], strict=True):
            if type(key) is not Scalar:
                self._source.defect(
                    "wrong-type", "a key that is not a text", key, "write a plain key"
                )
            elif (name := key.text) == "<<" and key.plain:
                self._merge(merged, value)
            elif name in own:
                first = own[name].key.line
                self._source.defect(
                    "duplicate-key", f"key `{clean(name)}` again (first in line {first})", key,
                    "keep one of the two",
                )  # fmt: skip
            else:
                own[name] = _made(Field, (key, value))
        return {**merged, **own} if merged else own

    def _merge(self, merged: dict[str, Field], value: Node) -> None:
        for part in value.items if isinstance(value, ListNode) else (value,):
            if isinstance(part, MapNode):
                for name, entry in part.fields.items():
                    merged.setdefault(name, entry)
            else:
                self._source.wrong_kind(part, "`<<`", "a mapping")

    def _too_many(self, event: _Event) -> NoReturn:
        limit = self._most
        self._refuse("too-many-values", f"more than {limit} values, aliases expanded", event)

    def _refuse_tag(self, event: _Event) -> NoReturn:
        self._refuse("unknown-tag", "a tag that YAML's core does not know", event)

    def _refuse(self, slug: str, message: str, event: _Event) -> NoReturn:
        mark = event.start_mark
        place = self._source.line(mark.line + 1, mark.column + 1)
        self._source.defect(slug, message, place, "write it plainly")
        raise _Refused
