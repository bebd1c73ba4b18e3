"""Reads JSON with the place of every key and value, within limits; knows nothing of meaning.

The nodes are those of YAML, so that the same questions can be asked of both. Strict RFC 8259: no
NaN, no comments, no trailing commas; a duplicate key is a defect.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable
from json import JSONDecodeError, decoder

from tierline.mesh.clean import clean
from tierline.mesh.node import Field, ListNode, MapNode, Node, Scalar
from tierline.mesh.source import Source
from tierline.mesh.text import decode
from tierline.regex import regex

DEPTH = 64
"""levels of nesting that a file may have"""

_scan_string: Callable[[str, int, bool], tuple[str, int]] = vars(decoder)["scanstring"]
"""The library's own scanner of strings in C, which its stubs do not know."""
_BLANK = regex(r"[ \t\r\n]*")
_WORD = regex(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?|true|false|null")
_HALF = regex("[\ud800-\udfff]")


def read_json(content: bytes, source: Source) -> Node | None:
    """The value of a file. None, with a defect, where it is not JSON."""
    text = decode(content, source)
    if text is None:
        return None
    reader = _Reader(text, source)
    try:
        node = reader.document()
    except _Wrong as wrong:
        line, column = reader.at(wrong.offset)
        source.defect("not-json", f"not JSON: {wrong.problem}", source.line(line, column),
                      "correct the syntax at this place")  # fmt: skip
        return None
    return node


class _Wrong(Exception):  # noqa: N818 - never leaves this module
    def __init__(self, problem: str, offset: int) -> None:
        super().__init__(problem)
        self.problem, self.offset = problem, offset


class _Reader:
    def __init__(self, text: str, source: Source) -> None:
        self._text = text
        self._source = source
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def at(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def skip(self, offset: int) -> int:
        match = _BLANK.match(self._text, offset)
        return match.end() if match else offset

    def document(self) -> Node:
        node, end = self.value(self.skip(0), 0)
        end = self.skip(end)
        if end < len(self._text):
            raise _Wrong("something after the value", end)
        return node

    def value(self, offset: int, depth: int) -> tuple[Node, int]:
        if depth > DEPTH:
            raise _Wrong(f"nested more than {DEPTH} levels deep", offset)
        match self._text[offset : offset + 1]:
            case '"':
                return self._string(offset)
            case "{":
                return self._mapping(offset, depth)
            case "[":
                return self._list(offset, depth)
            case "":
                raise _Wrong("it ends where a value belongs", offset)
            case _:
                word = _WORD.match(self._text, offset)
                if word is None:
                    raise _Wrong("a value belongs here", offset)
                return Scalar(*self.at(offset), word.group(), plain=True), word.end()

    def _string(self, offset: int) -> tuple[Scalar, int]:
        try:
            text, end = _scan_string(self._text, offset + 1, True)
        except JSONDecodeError as error:
            raise _Wrong(clean(error.msg), error.pos) from None
        line, column = self.at(offset)
        if _HALF.search(text):
            self._source.defect("half-character", "half of a surrogate pair",
                                self._source.line(line, column), "write the whole character")  # fmt: skip
            text = _HALF.sub("\ufffd", text)
        return Scalar(line, column, text, plain=False), end

    def _list(self, start: int, depth: int) -> tuple[ListNode, int]:
        items: list[Node] = []
        size = 1
        offset = self.skip(start + 1)
        if self._text[offset : offset + 1] == "]":
            return ListNode(*self.at(start), (), size), offset + 1
        while True:
            node, offset = self.value(offset, depth + 1)
            items.append(node)
            size += 1 if isinstance(node, Scalar) else node.size
            offset, more = self._after(offset, "]")
            if not more:
                return ListNode(*self.at(start), tuple(items), size), offset

    def _mapping(self, start: int, depth: int) -> tuple[MapNode, int]:
        fields: dict[str, Field] = {}
        size = 1
        offset = self.skip(start + 1)
        if self._text[offset : offset + 1] == "}":
            return MapNode(*self.at(start), fields, size), offset + 1
        while True:
            if self._text[offset : offset + 1] != '"':
                raise _Wrong("a key in double quotes belongs here", offset)
            key, offset = self._string(offset)
            offset = self.skip(offset)
            if self._text[offset : offset + 1] != ":":
                raise _Wrong("a colon belongs here", offset)
            node, offset = self.value(self.skip(offset + 1), depth + 1)
            size += 1 + (1 if isinstance(node, Scalar) else node.size)
            self._add(fields, key, node)
            offset, more = self._after(offset, "}")
            if not more:
                return MapNode(*self.at(start), fields, size), offset

    def _add(self, fields: dict[str, Field], key: Scalar, node: Node) -> None:
        if key.text in fields:
            first = fields[key.text].key.line
            self._source.defect("duplicate-key", f"key `{clean(key.text)}` again (first in line {first})",
                                key, "keep one of the two")  # fmt: skip
        else:
            fields[key.text] = Field(key, node)

    def _after(self, offset: int, end: str) -> tuple[int, bool]:
        """Past the comma or the closing bracket; whether another entry follows."""
        offset = self.skip(offset)
        mark = self._text[offset : offset + 1]
        if mark == end:
            return offset + 1, False
        if mark != ",":
            raise _Wrong(f"a comma or `{end}` belongs here", offset)
        return self.skip(offset + 1), True
