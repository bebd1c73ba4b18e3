"""Splits a Markdown document into blocks with their lines; knows nothing of what they say.

CommonMark with tables, read by markdown-it; inline markup stays as written until `plain`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from tierline.frozen import frozen
from tierline.mesh.source import Source
from tierline.mesh.text import TextLimits, decode
from tierline.regex import regex

if TYPE_CHECKING:
    from markdown_it.token import Token

LINE = 4000
"""characters of a line of code, continued ones together, that count"""
TEXT = 2000
"""characters of a sentence that count"""
SIZE = 256 * 1024
"""bytes of a document for people; a longer one is none"""

_SPAN = regex(r"(?<!`)(`{1,3})(?!`)(.{1,500}?)(?<!`)\1(?!`)", re.DOTALL)
_LINK = regex(r"!?\[([^\[\]]{0,500})\]\([^()\s]{0,1000}\)")
_STRONG = regex(r"(\*{1,3}|(?<!\w)_{1,3})(?=\S)(.{0,500}?\S)\1(?!\w)")
_LISTS = {"bullet_list_open": 1, "ordered_list_open": 1} | {
    "bullet_list_close": -1, "ordered_list_close": -1
}  # fmt: skip


class Kind(StrEnum):
    """What a block is. A text inside a list item has that item's depth."""

    HEADING = "heading"
    TEXT = "text"
    ITEM = "item"
    ROW = "row"
    CODE = "code"


@frozen
class Block:
    """One block. `depth`: a heading's level, a list item's nesting from 1, else 0.

    Of a table's row, `cells` and the table's `head` are set; a code block's `text` has its lines.
    """

    kind: Kind
    text: str
    line: int
    depth: int = 0
    cells: tuple[str, ...] = ()
    head: tuple[str, ...] = ()


def read_markdown(content: bytes, source: Source) -> tuple[Block, ...] | None:
    """The blocks in order. None, with a defect, where the document cannot be read as text."""
    text = decode(content, source, TextLimits(SIZE))
    if text is None:
        return None
    from markdown_it import MarkdownIt  # noqa: PLC0415 - only one command reads documents

    parser = MarkdownIt("commonmark").enable("table")
    tokens: list[Token] = []
    parser.block.parse(re.sub(r"\r\n?", "\n", text), parser, {}, tokens)
    return tuple(_blocks(tokens))


@dataclass(slots=True)
class _Open:
    """Where in the document the reader is: in which list, heading and table."""

    depth: int = 0
    level: int = 0
    line: int = 1
    item: bool = False
    head: tuple[str, ...] = ()
    cells: list[str] | None = None

    def pass_by(self, token: Token) -> None:
        """Step over a token that is no block itself."""
        self.line = token.map[0] + 1 if token.map else self.line
        self.depth += _LISTS.get(token.type, 0)
        if token.type == "heading_open":
            self.level = int(token.tag[1:])
        elif token.type == "heading_close":
            self.level = 0
        elif token.type in {"list_item_open", "list_item_close"}:
            self.item = token.type.endswith("open")
        elif token.type == "table_open":
            self.head = ()
        elif token.type == "tr_open":
            self.cells = []

    def block(self, token: Token) -> Block | None:
        """The block that a token completes."""
        if token.type in {"fence", "code_block"}:
            return Block(Kind.CODE, token.content, self.line + (token.type == "fence"), self.depth)
        if token.type == "tr_close" and self.cells is not None:
            return self._row(tuple(self.cells))
        if token.type != "inline":
            return None
        if self.cells is not None:
            self.cells.append(token.content)
            return None
        kind = Kind.HEADING if self.level else Kind.ITEM if self.item else Kind.TEXT
        self.item = False
        return Block(kind, token.content, self.line, self.level or self.depth)

    def _row(self, cells: tuple[str, ...]) -> Block | None:
        self.cells = None
        if self.head:
            return Block(Kind.ROW, " ".join(cells), self.line, 0, cells, self.head)
        self.head = cells
        return None


def _blocks(tokens: list[Token]) -> Iterator[Block]:
    reader = _Open()
    for token in tokens:
        reader.pass_by(token)
        block = reader.block(token)
        if block is not None:
            yield block


def code_lines(block: Block) -> Iterator[tuple[int, str]]:
    """Line number and text of every line of a code block, continued lines (`\\`) as one."""
    begun, at = "", block.line
    for number, line in enumerate(block.text.split("\n"), block.line):
        at = at if begun else number
        joined = f"{begun}{line[:LINE].strip()}"
        if joined.endswith("\\") and len(joined) < LINE:
            begun = joined[:-1].rstrip() + " "
            continue
        yield at, joined
        begun = ""
    if begun:
        yield at, begun.strip()


def spans(text: str) -> tuple[str, ...]:
    """What stands between backticks, in order."""
    return tuple(" ".join(match[2].split()) for match in _SPAN.finditer(text[:LINE]))


def unlinked(text: str) -> str:
    """The text with links replaced by their words."""
    return _LINK.sub(r"\1", text[:LINE])


def plain(text: str) -> str:
    """The text on one line without backticks, emphasis and the goals of links."""
    bare = unlinked(_SPAN.sub(r"\2", text[:TEXT]))
    return " ".join(_STRONG.sub(r"\2", bare).replace("\\", "").split())
