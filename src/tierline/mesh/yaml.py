"""Reads YAML with the place of every key and value, within limits; knows nothing of meaning.

libyaml scans; keys, merges and aliases are ours: a duplicate key is a defect, an alias shares the
node that it names and counts at its full size, tags other than the core ones are refused. Nothing
here raises on bad input, and no message repeats the text that was read.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from typing import NoReturn, Protocol

import yaml
import yaml.cyaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

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


def _place(event: yaml.Event) -> tuple[int, int]:
    mark: _Mark = event.start_mark  # pyright: ignore[reportAssignmentType] - libyaml always marks
    return mark.line + 1, mark.column + 1


class _Parser(Protocol):
    def get_event(self) -> yaml.Event | None: ...

    def dispose(self) -> None: ...


_parser_of: Callable[[str], _Parser] = vars(yaml.cyaml)["CParser"]
"""libyaml's parser, which the library's stubs do not export."""


@contextmanager
def _events(text: str) -> Generator[Iterator[yaml.Event]]:
    parser = _parser_of(text)
    try:
        yield iter(parser.get_event, None)
    finally:
        parser.dispose()


_Start = MappingStartEvent | SequenceStartEvent


class _Builder:
    """Turns events into nodes; one for each file. Most of the time of a check is spent here."""

    def __init__(self, source: Source, limits: YamlLimits) -> None:
        self._source = source
        self._limits = limits
        self._anchors: dict[str, Node | None] = {}
        self._stack: list[tuple[_Start, list[Node], int]] = []
        """what is open: how it began, where it is to be put, the count of values before it"""
        self._count = 0

    def documents(self, events: Iterable[yaml.Event]) -> list[Node]:
        """Every document's value; libyaml gives events of these very classes."""
        items: list[Node] = []
        for event in events:
            if type(event) is ScalarEvent:
                items.append(self._scalar(event))
            elif type(event) is MappingStartEvent or type(event) is SequenceStartEvent:
                self._open(event, items)
                items = []
            elif type(event) is MappingEndEvent or type(event) is SequenceEndEvent:
                node, items = self._close(items)
                items.append(node)
            elif type(event) is AliasEvent:
                items.append(self._alias(event))
            elif type(event) is DocumentStartEvent:
                self._anchors.clear()
        return items

    def _scalar(self, event: ScalarEvent) -> Scalar:
        line, column = _place(event)
        tag, plain = event.tag, event.implicit[0]
        if tag is not None:
            if tag not in _SCALAR_TAGS:
                self._refuse_tag(line, column)
            plain = tag not in {"!", f"{_CORE}str"}
        node = Scalar(line, column, event.value, plain)
        self._grow(1, line, column)
        if event.anchor is not None:
            self._anchors[event.anchor] = node
        return node

    def _alias(self, event: AliasEvent) -> Node:
        line, column = _place(event)
        name = event.anchor or ""
        node = self._anchors.get(name)
        if node is None:
            inside = name in self._anchors
            fact = "stands inside the value it names" if inside else "names no anchor above it"
            self._refuse("bad-alias", f"alias *{clean(name)} {fact}", line, column)
        self._grow(1 if isinstance(node, Scalar) else node.size, line, column)
        return node

    def _open(self, event: _Start, around: list[Node]) -> None:
        line, column = _place(event)
        mapping = isinstance(event, MappingStartEvent)
        if event.tag is not None and event.tag not in (_MAP_TAGS if mapping else _LIST_TAGS):
            self._refuse_tag(line, column)
        if len(self._stack) >= self._limits.depth:
            limit = self._limits.depth
            self._refuse("too-deep", f"nested more than {limit} levels deep", line, column)
        self._stack.append((event, around, self._count))
        self._grow(1, line, column)
        if event.anchor is not None:
            self._anchors[event.anchor] = None

    def _close(self, items: list[Node]) -> tuple[Node, list[Node]]:
        """What ends here, and the list that it belongs to; of a mapping, keys and values in turn."""
        start, around, before = self._stack.pop()
        line, column = _place(start)
        size = self._count - before
        node: Node
        if isinstance(start, MappingStartEvent):
            node = MapNode(line, column, self._fields(items), size)
        else:
            node = ListNode(line, column, tuple(items), size)
        if start.anchor is not None:
            self._anchors[start.anchor] = node
        return node, around

    def _fields(self, items: list[Node]) -> dict[str, Field]:
        own: dict[str, Field] = {}
        merged: dict[str, Field] = {}
        for key, value in zip(items[::2], items[1::2], strict=True):
            if not isinstance(key, Scalar):
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
                own[name] = Field(key, value)
        return {**merged, **own} if merged else own

    def _merge(self, merged: dict[str, Field], value: Node) -> None:
        for part in value.items if isinstance(value, ListNode) else (value,):
            if isinstance(part, MapNode):
                for name, entry in part.fields.items():
                    merged.setdefault(name, entry)
            else:
                self._source.wrong_kind(part, "`<<`", "a mapping")

    def _grow(self, nodes: int, line: int, column: int) -> None:
        self._count += nodes
        if self._count > self._limits.nodes:
            limit = self._limits.nodes
            self._refuse(
                "too-many-values", f"more than {limit} values, aliases expanded", line, column
            )

    def _refuse_tag(self, line: int, column: int) -> NoReturn:
        self._refuse("unknown-tag", "a tag that YAML's core does not know", line, column)

    def _refuse(self, slug: str, message: str, line: int, column: int) -> NoReturn:
        self._source.defect(slug, message, self._source.line(line, column), "write it plainly")
        raise _Refused
