"""What a YAML or JSON text consists of, each part with its place; knows nothing of meaning.

Scalars stay as written: whether `0644`, `on` or `22:22` is a number, a switch or a text is decided
by whoever asks for one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from tierline.regex import regex

NULLS = frozenset({"", "~", "null", "Null", "NULL"})
TRUE = frozenset({"true", "True", "TRUE"})
FALSE = frozenset({"false", "False", "FALSE"})
INTEGER = regex(r"[-+]?(0|[1-9][0-9]{0,17})")
FLOAT = regex(r"[-+]?(\.[0-9]{1,40}|[0-9]{1,40}(\.[0-9]{0,40})?)([eE][-+]?[0-9]{1,4})?")

Value = str | int | float | bool | None | list["Value"] | dict[str, "Value"]


class Scalar(NamedTuple):
    """A text. `plain`: not quoted, so that it may stand for a number, a switch or nothing."""

    line: int
    column: int
    text: str
    plain: bool

    @property
    def empty(self) -> bool:
        """Whether it stands for nothing (`key:`, `~`, `null`)."""
        return self.plain and self.text in NULLS


class ListNode(NamedTuple):
    """Values in order. `size` counts every value below, aliases expanded, itself included."""

    line: int
    column: int
    items: tuple[Node, ...]
    size: int


class Field(NamedTuple):
    """A key and its value; both know where they stand."""

    key: Scalar
    value: Node


class MapNode(NamedTuple):
    """Keys as written -> fields, in written order, merges (`<<`) applied; `size` as in a list."""

    line: int
    column: int
    fields: Mapping[str, Field]
    size: int

    def value(self, key: str) -> Node | None:
        """The value of a key; None where there is none."""
        field = self.fields.get(key)
        return None if field is None else field.value


Node = Scalar | ListNode | MapNode


def plain_value(node: Node) -> Value:
    """The ordinary Python value of a node, by the core rules of YAML 1.2.

    A number with a leading zero stays text, as does one of more than 18 digits.
    """
    if isinstance(node, ListNode):
        return [plain_value(item) for item in node.items]
    if isinstance(node, MapNode):
        return {key: plain_value(field.value) for key, field in node.fields.items()}
    return _plain_scalar(node)


def below(node: Node, path: Iterable[str | int]) -> Node:
    """Where `path` leads: a key where a mapping has it, an item of a list; else as near as it goes."""
    place = node
    for step in path:
        if isinstance(node, MapNode) and step in node.fields:
            place, node = node.fields[str(step)]
        elif isinstance(node, ListNode) and isinstance(step, int) and step < len(node.items):
            place = node = node.items[step]
        else:
            break
    return place


def _plain_scalar(node: Scalar) -> Value:
    text = node.text
    if not node.plain:
        return text
    if text in NULLS:
        return None
    if text in TRUE:
        return True
    if text in FALSE:
        return False
    if INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _is_float(text) else text


def _is_float(text: str) -> bool:
    digits = text.lstrip("+-")
    whole = digits.split(".", 1)[0]
    leading_zero = len(whole) > 1 and whole.startswith("0")
    return not leading_zero and not digits.isdigit() and FLOAT.fullmatch(text) is not None
