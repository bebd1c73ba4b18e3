"""Does an object have the fields and types that an API server would take? Knows no kind by name.

As with strict field validation: a field that its type does not have is refused. What is nothing
(`null`) counts as left out, and every trouble has the place of the very key or value.
"""

from __future__ import annotations

from typing import NamedTuple

from tierline.mesh.clean import clean
from tierline.mesh.names import nearest
from tierline.mesh.node import ListNode, MapNode, Node, Scalar
from tierline.mesh.source import Positioned
from tierline.readiness.manifests import scalars
from tierline.readiness.manifests.schemas import Schemas, Shape, Spec
from tierline.readiness.manifests.values import Rule
from tierline.regex import regex

QUANTITY = regex(
    r"[+-]?([0-9]{1,40}(\.[0-9]{0,40})?|\.[0-9]{1,40})([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]{1,4})?"
)
MOST = 50
"""troubles of one object"""

_BELONGS = {
    "string": "a text",
    "boolean": "true or false",
    "int32": "a whole number",
    "int64": "a whole number",
    "integer": "a whole number",
    "number": "a number",
    "quantity": "a quantity such as 100m or 128Mi",
    "int-or-string": "a number or a text",
    "object": "a mapping",
}
_FITS = {
    "string": {scalars.TEXT},
    "boolean": {scalars.BOOLEAN},
    "int32": {scalars.INTEGER},
    "int64": {scalars.INTEGER},
    "integer": {scalars.INTEGER},
    "number": {scalars.INTEGER, scalars.NUMBER},
    "quantity": {scalars.TEXT, scalars.INTEGER, scalars.NUMBER},
    "int-or-string": {scalars.TEXT, scalars.INTEGER},
}
_BITS = {"int32": 31, "int64": 63, "integer": 63}
_DEFAULTS = {"protocol": "TCP"}
"""what a key of a list's entries is where it is left out"""


class Trouble(NamedTuple):
    """One thing that an API server would refuse. `slug` is the second half of a finding's code."""

    slug: str
    message: str
    at: Positioned
    fix: str


_Path = tuple["_Path | None", str | int]
"""a way and its last step; it is only put together for a trouble"""


def _shown(path: _Path) -> str:
    """Where a value stands in its object."""
    steps: list[str | int] = []
    here: _Path | None = path
    while here is not None:
        here, step = here
        steps.append(step)
    parts = (f"[{one}]" if isinstance(one, int) else f".{one}" for one in reversed(steps))
    return clean("".join(parts).lstrip("."), 160)


def conform(node: MapNode, type_name: str, schemas: Schemas) -> tuple[Trouble, ...]:
    """Everything in `node` that its type does not allow, in written order, at most MOST."""
    walk = _Walk(schemas)
    walk.object(node, type_name, None)
    return tuple(walk.found[:MOST])


class _Walk:
    """One pass over one object."""

    def __init__(self, schemas: Schemas) -> None:
        self._schemas = schemas
        self.found: list[Trouble] = []

    def object(self, node: Node, name: str, path: _Path | None) -> None:
        shape = self._schemas.shape(name)
        if isinstance(shape, str):
            if shape == "object" and not isinstance(node, MapNode):
                self._kind(node, shape, path)
        elif isinstance(node, MapNode):
            self._fields(node, shape, name, path)
        else:
            self._kind(node, "object", path)

    def _fields(self, node: MapNode, shape: Shape, name: str, path: _Path | None) -> None:
        if len(self.found) > MOST:
            return
        fields = shape.fields
        for key, field in node.fields.items():
            known = fields.get(key)
            if known is None:
                self._unknown(field.key, shape, name, path)
                continue
            value = field.value
            if not (isinstance(value, Scalar) and value.empty):
                self._value(value, known[0], known[1], (path, key))
        for key in shape.required:
            value = node.value(key)
            if value is None or (isinstance(value, Scalar) and value.empty):
                where = f"`{_shown(path)}`" if path else "the object"
                self._trouble("missing-key", f"{where}: no `{key}`", node, f"add `{key}:`")

    def _value(self, node: Node, spec: Spec, rule: Rule | None, path: _Path) -> None:
        if isinstance(spec, list):
            if spec[0] == "map":
                self._map(node, spec[1], path)
            else:
                self._list(node, spec, path)
        elif spec[0] == "#":
            self.object(node, spec[1:], path)
        elif spec != "any":
            self._scalar(node, spec, rule, path)

    def _map(self, node: Node, spec: Spec, path: _Path) -> None:
        if not isinstance(node, MapNode):
            self._kind(node, "object", path)
            return
        for key, field in node.fields.items():
            if not (isinstance(field.value, Scalar) and field.value.empty):
                self._value(field.value, spec, None, (path, key))

    def _list(self, node: Node, spec: Spec, path: _Path) -> None:
        if not isinstance(node, ListNode):
            message = f"`{_shown(path)}`: {found_words(node)} where a list belongs"
            self._trouble("wrong-type", message, node, "write a list")
            return
        for number, item in enumerate(node.items):
            here = (path, number)
            if isinstance(item, Scalar) and item.empty:
                message = f"`{_shown(here)}`: an empty entry"
                self._trouble("wrong-type", message, item, "remove the entry")
            else:
                self._value(item, spec[1], None, here)
        if spec[0] == "set" or len(spec) > 2:
            self._repeated(node, spec, path)

    def _repeated(self, node: ListNode, spec: Spec, path: _Path) -> None:
        """Entries that an API server tells apart by these keys, and cannot."""
        seen: dict[tuple[str, ...], int] = {}
        for item in node.items:
            keys = _identity(item, spec)
            if not keys:
                continue
            if keys in seen:
                told = ", ".join(clean(key, 40) for key in keys)
                message = f"`{_shown(path)}`: {told} again (first in line {seen[keys]})"
                self._trouble("duplicate-entry", message, item, "keep one of the two")
            seen.setdefault(keys, item.line)

    def _scalar(self, node: Node, spec: str, rule: Rule | None, path: _Path) -> None:
        if spec == "object":
            if not isinstance(node, MapNode):
                self._kind(node, spec, path)
            return
        kind = scalars.read_as(node) if isinstance(node, Scalar) else ""
        if not isinstance(node, Scalar) or kind not in _FITS[spec]:
            self._kind(node, spec, path)
        elif spec == "quantity" and not QUANTITY.fullmatch(node.text):
            message = f"`{_shown(path)}`: {clean(node.text, 40)} is no quantity"
            self._trouble("value", message, node, "write a quantity such as 100m or 128Mi")
        elif spec in _BITS and abs(scalars.integer_of(node.text)) >> _BITS[spec]:
            self._trouble(
                "value", f"`{_shown(path)}`: the number is too large", node, "write a smaller one"
            )
        elif rule is not None:
            self._ruled(node, kind, rule, path)

    def _ruled(self, node: Scalar, kind: str, rule: Rule, path: _Path) -> None:
        if isinstance(rule, frozenset):
            if node.text not in rule:
                words = ", ".join(sorted(rule))
                message = f"`{_shown(path)}`: {clean(node.text, 40) or 'an empty text'} is none of {words}"
                close = nearest(node.text, rule)
                fix = f"write {close[0]}" if close else "write one of them"
                self._trouble("value", message, node, fix)
        elif kind == scalars.INTEGER and not rule[0] <= scalars.integer_of(node.text) <= rule[1]:
            message = f"`{_shown(path)}`: {clean(node.text, 20)} is not from {rule[0]} to {rule[1]}"
            self._trouble("value", message, node, "write a number in that range")

    def _unknown(self, key: Scalar, shape: Shape, name: str, path: _Path | None) -> None:
        own = name.rpartition(".")[2]
        close = nearest(key.text, shape.fields)
        version = f"Kubernetes 1.{self._schemas.minor}"
        message = f"`{_shown((path, key.text))}`: {own} has no such field in {version}"
        fix = (
            f"did you mean {' or '.join(close)}?" if close else "correct its spelling or remove it"
        )
        self._trouble("unknown-key", message, key, fix)

    def _kind(self, node: Node, spec: str, path: _Path | None) -> None:
        belongs = _BELONGS[spec]
        message = f"`{_shown(path) if path else 'the object'}`: {found_words(node)} where {belongs} belongs"
        unquoted = spec == "string" and isinstance(node, Scalar)
        self._trouble("wrong-type", message, node, "put it in quotes" if unquoted else f"write {belongs}")  # fmt: skip

    def _trouble(self, slug: str, message: str, at: Positioned, fix: str) -> None:
        self.found.append(Trouble(slug, message, at, fix))


def found_words(node: Node) -> str:
    """What Kubernetes finds at a node, in words."""
    if isinstance(node, MapNode):
        return "a mapping"
    if isinstance(node, ListNode):
        return "a list"
    words = scalars.WORDS[scalars.read_as(node)]
    told = node.plain and node.text.lower() in {"y", "n", "yes", "no", "on", "off"}
    return f"{words} (so Kubernetes reads {node.text})" if told else words


def _identity(item: Node, spec: Spec) -> tuple[str, ...]:
    """By what an entry is told apart; nothing where that is not said."""
    if isinstance(item, Scalar):
        return (item.text,)
    if not isinstance(item, MapNode) or len(spec) < 3:
        return ()
    found: list[str] = []
    for key in spec[2]:
        value = item.value(key)
        text = value.text if isinstance(value, Scalar) and not value.empty else None
        found.append(text if text is not None else _DEFAULTS.get(key, ""))
    first = item.value(spec[2][0])
    return tuple(found) if isinstance(first, Scalar) else ()
