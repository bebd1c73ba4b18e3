"""One file being read: where it is, whom it concerns, and everything that was wrong in it.

Knows nothing of what a file is about. Its questions (`text`, `items`, ...) answer with a value, or
with None and a defect that says what was found, what belongs there, and where.
"""

from __future__ import annotations

from collections import Counter
from typing import Protocol

from tierline.mesh.clean import UNPRINTABLE, clean
from tierline.mesh.defect import Defect, Place
from tierline.mesh.node import FALSE, INTEGER, TRUE, ListNode, MapNode, Node, Scalar

MOST = 100
"""Defects of one kind that one file may give about one service.

They weigh no more than the first, and a hostile file could give a million.
"""


class Positioned(Protocol):
    """Anything with a place in the file; lines and columns count from 1."""

    @property
    def line(self) -> int: ...

    @property
    def column(self) -> int: ...


def kind_of(node: Node) -> str:
    """What a node is, in words that fit "found ..."."""
    if isinstance(node, MapNode):
        return "a mapping"
    if isinstance(node, ListNode):
        return "a list"
    if node.empty:
        return "nothing"
    if node.plain and INTEGER.fullmatch(node.text):
        return "a number"
    return "a true/false value" if node.plain and node.text in TRUE | FALSE else "a string"


class Source:
    """A file by the path that findings show, its gate, and the only service it concerns, if any."""

    def __init__(self, path: str, gate: str, service_id: str | None = None) -> None:
        self.path = path
        self.gate = gate
        self.service_id = service_id
        self.defects: list[Defect] = []
        self._told: Counter[tuple[str, str | None]] = Counter()

    def place(self, at: Positioned | None = None) -> Place:
        """Where `at` stands; None is the file as a whole."""
        return Place(self.path, at.line, at.column) if at else Place(self.path)

    def line(self, number: int, column: int = 1) -> Place:
        """A place by its line."""
        return Place(self.path, number, column)

    def defect(
        self, slug: str, message: str, at: Positioned | Place | None = None, fix: str = ""
    ) -> None:
        """Note one thing that cannot be accepted; of one kind and service the first MOST only."""
        kind = (slug, self.service_id)
        self._told[kind] += 1
        if self._told[kind] > MOST:
            return
        place = at if isinstance(at, Place) else self.place(at)
        code = f"{self.gate}/{slug}"
        self.defects.append(Defect(code, message, place, fix, self.service_id))

    def wrong_kind(self, node: Node, what: str, expected: str) -> None:
        """Note a value of the wrong kind."""
        self.defect(
            "wrong-type", f"{what}: {kind_of(node)} where {expected} belongs", node,
            f"write {expected}",
        )  # fmt: skip

    def field(self, node: MapNode, key: str, what: str = "") -> Node | None:
        """The value of a required key; a missing one is a defect of the mapping."""
        value = node.value(key)
        if value is None:
            owner = f"{what}: " if what else ""
            self.defect("missing-key", f"{owner}no `{key}`", node, f"add `{key}:`")
        return value

    def fields(self, node: Node, what: str) -> MapNode | None:
        """`node` as a mapping."""
        if isinstance(node, MapNode):
            return node
        self.wrong_kind(node, what, "a mapping")
        return None

    def items(self, node: Node, what: str) -> tuple[Node, ...] | None:
        """`node` as a list."""
        if isinstance(node, ListNode):
            return node.items
        self.wrong_kind(node, what, "a list")
        return None

    def text(self, node: Node, what: str) -> str | None:
        """`node` as a text that is not empty and has no unprintable characters, as written."""
        if not isinstance(node, Scalar) or node.empty or not node.text:
            self.wrong_kind(node, what, "a text")
            return None
        if UNPRINTABLE.search(node.text):
            message = f"{what}: unprintable characters in {clean(node.text)}"
            self.defect("control-character", message, node, "remove them")
            return None
        return node.text

    def texts(self, node: Node, what: str) -> tuple[Scalar, ...] | None:
        """`node` as a list of texts, each with its place; entries that are none are left out."""
        items = self.items(node, what)
        if items is None:
            return None
        good = (item for item in items if self.text(item, f"an entry of {what}") is not None)
        return tuple(item for item in good if isinstance(item, Scalar))

    def integer(self, node: Node, what: str) -> int | None:
        """`node` as a decimal number written without quotes or leading zeros."""
        if isinstance(node, Scalar) and node.plain and INTEGER.fullmatch(node.text):
            return int(node.text)
        self.wrong_kind(node, what, "a whole number")
        return None

    def flag(self, node: Node, what: str) -> bool | None:
        """`node` as true or false; `yes` and `on` are texts."""
        if isinstance(node, Scalar) and node.plain and node.text in TRUE | FALSE:
            return node.text in TRUE
        self.wrong_kind(node, what, "true or false")
        return None
