"""Adds an entry to a YAML file that people keep, and touches no other byte of it.

Lines are inserted, never rewritten, so comments, order, quotes and indentation stay. What comes out
is read again: unless it says exactly what it said before and the entry, the edit is refused.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tierline.mesh.clean import clean
from tierline.mesh.defect import Place
from tierline.mesh.node import ListNode, MapNode, Node, Scalar, Value, plain_value
from tierline.mesh.source import Source
from tierline.mesh.yaml import LARGE, read_yaml

Order = Callable[[str], Any]
_NOTHING = re.compile(r"(?P<before>.*?)(?:\[\s*\]|\{\s*\}|~|null)(?P<after>\s*(?:#.*)?)")
_ITEM = re.compile(r"(?P<indent>\s*)-(?P<gap>\s+)")
_PLAIN = re.compile(r"[A-Za-z.][\w./-]*")
STEP = "  "


class NotEditable(Exception):  # noqa: N818 - an answer about a file, told with others
    """The file cannot be edited without touching what people wrote; `place` and `reason` say why."""

    def __init__(self, place: Place, reason: str) -> None:
        super().__init__(reason)
        self.place = place
        self.reason = reason


class Text:
    """A YAML file as lines and as values; `shown` is its path in messages."""

    def __init__(self, content: bytes, shown: str) -> None:
        self._source = Source(shown, "edit")
        node = read_yaml(content, self._source, LARGE)
        if node is None or self._source.defects:
            first = self._source.defects[0]
            raise NotEditable(first.place, first.message)
        self.node = node
        self.value = plain_value(node)
        text = content.decode()
        self.newline = "\r\n" if "\r\n" in text else "\n"
        self.lines = text.split(self.newline)
        if self.lines[-1]:
            self.lines.append("")

    def refuse(self, reason: str, at: Node | None = None) -> NotEditable:
        """The error for what is there instead of what could be edited."""
        return NotEditable(self._source.place(at), reason)

    def checked(self, lines: Sequence[str], expected: Value) -> bytes:
        """The edited text, if it says what it should."""
        content = self.newline.join(lines).encode()
        source = Source(self._source.path, "edit")
        node = read_yaml(content, source, LARGE)
        if node is None or source.defects or plain_value(node) != expected:
            raise self.refuse("it is written in a way that cannot be added to safely")
        return content


def add_item(content: bytes, shown: str, key: str, item: str, order: Order) -> bytes:
    """Add a text to the list under a key of the document: in its order if it is sorted, else last."""
    text = Text(content, shown)
    node = text.node.value(key) if isinstance(text.node, MapNode) else None
    if not isinstance(text.value, dict) or node is None:
        raise text.refuse(f"it has no list `{clean(key)}`", text.node)
    lines = list(text.lines)
    if _is_nothing(node) and not isinstance(node, MapNode):
        _fill(lines, node, [f"- {item}"])
    elif isinstance(node, ListNode) and all(isinstance(one, Scalar) for one in node.items):
        found = [one for one in node.items if isinstance(one, Scalar)]
        at = _position([one.text for one in found], item, order)
        _insert_item(lines, found, at, item)
        values = [plain_value(one) for one in found]
        return text.checked(lines, {**text.value, key: [*values[:at], item, *values[at:]]})
    else:
        raise text.refuse(f"`{clean(key)}` is no list of texts", node)
    return text.checked(lines, {**text.value, key: [item]})


def _insert_item(lines: list[str], found: Sequence[Scalar], at: int, item: str) -> None:
    """After the item before it, so that comments above an item stay with that item."""
    near = found[at - 1] if at else found[0]
    line = lines[near.line - 1]
    block = _ITEM.fullmatch(line[: near.column - 1])
    if block:
        lines.insert(near.line if at else near.line - 1, f"{block['indent']}-{block['gap']}{item}")
        return
    start = near.column - 1
    end = start + len(near.text) + (0 if near.plain else 2)
    before, after = (f"{line[:end]}, {item}", line[end:]) if at else (
        f"{line[:start]}{item}, ", line[start:]
    )  # fmt: skip
    lines[near.line - 1] = before + after


def add_entry(
    content: bytes, shown: str, keys: Sequence[str], name: str, body: Mapping[str, Value]
) -> bytes:
    """Add `name: body` to the mapping under `keys` (none: to the document), as its last entry.

    Where the mapping is sorted by code point the entry goes to its place in it.
    """
    text = Text(content, shown)
    node: Node | None = text.node
    for key in keys:
        node = node.value(key) if isinstance(node, MapNode) else None
    if node is None:
        raise text.refuse(f"it has no mapping `{clean('.'.join(keys))}`", text.node)
    if isinstance(node, MapNode) and name in node.fields:
        raise text.refuse(f"`{clean(name)}` is there already", node.fields[name].key)
    lines = list(text.lines)
    if _is_nothing(node) and not isinstance(node, ListNode):
        _fill(lines, node, _written(name, body))
    elif isinstance(node, MapNode):
        _insert_entry(lines, node, name, _written(name, body))
    else:
        raise text.refuse(f"`{clean('.'.join(keys))}` is no mapping", node)
    return text.checked(lines, _with(text.value, keys, name, dict(body)))


def _with(value: Value, keys: Sequence[str], name: str, body: Value) -> Value:
    known = value if isinstance(value, dict) else {}
    if not keys:
        return {**known, name: body}
    return {**known, keys[0]: _with(known.get(keys[0]), keys[1:], name, body)}


def _insert_entry(lines: list[str], node: MapNode, name: str, written: Sequence[str]) -> None:
    names = list(node.fields)
    at = _position(names, name, str)
    starts = [field.key for field in node.fields.values()]
    first = starts[0]
    indent = lines[first.line - 1][: first.column - 1]
    if indent.strip():
        indent = " " * (first.column - 1)  # a flow mapping: what comes out will not read the same
    where = first.line - 1 if not at else _end(lines, starts[at - 1])
    lines[where:where] = [f"{indent}{line}" for line in written]


def _end(lines: list[str], key: Scalar) -> int:
    """The number of lines up to the end of the entry that begins at a key, trailing comments not."""
    depth, last = key.column - 1, key.line
    for number in range(key.line, len(lines)):
        line = lines[number]
        bare = line.lstrip()
        if not bare or bare.startswith("#"):
            continue
        own = len(line) - len(bare)
        if own < depth or (own == depth and not bare.startswith("- ")):
            break
        last = number + 1
    return last


def _position(old: Sequence[str], new: str, order: Order) -> int:
    keys = [order(one) for one in old]
    if keys != sorted(keys):
        return len(old)
    return sum(key <= order(new) for key in keys)


def _is_nothing(node: Node) -> bool:
    if isinstance(node, Scalar):
        return node.empty
    return not (node.items if isinstance(node, ListNode) else node.fields)


def _fill(lines: list[str], node: Node, written: Sequence[str]) -> None:
    """Put a first entry where `[]`, `{}` or nothing stands."""
    at = node.line - 1
    line = lines[at]
    found = _NOTHING.fullmatch(line, 0)
    if found and not found["before"].strip():
        indent = found["before"]
        lines[at : at + 1] = [f"{indent}{one}" for one in written]
        return
    if found:
        lines[at] = found["before"].rstrip() + found["after"]
    line = lines[at]
    indent = line[: len(line) - len(line.lstrip())] + STEP
    lines[at + 1 : at + 1] = [f"{indent}{one}" for one in written]


def _written(name: str, body: Mapping[str, Value]) -> list[str]:
    lines = [f"{name}:" if body else f"{name}: {{}}"]
    for key, value in body.items():
        if isinstance(value, dict):
            lines += [STEP + line for line in _written(key, value)]
        elif isinstance(value, list):
            lines.append(f"{STEP}{key}:" if value else f"{STEP}{key}: []")
            lines += [f"{STEP}{STEP}- {item}" for item in value]
        else:
            lines.append(f"{STEP}{key}: {_scalar(str(value))}")
    return lines


def _scalar(text: str) -> str:
    return text if _PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=False)
