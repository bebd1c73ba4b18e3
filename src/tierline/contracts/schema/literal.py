"""JSON values that can be compared and counted: 1 and 1.0 are one number, true is none."""

from __future__ import annotations

from fractions import Fraction
from json import dumps

from tierline.mesh.clean import clean
from tierline.mesh.node import FALSE, NULLS, TRUE, ListNode, MapNode, Node, Scalar
from tierline.regex import regex

Literal = tuple[str, object]
"""("null", None), ("boolean", bool), ("number", Fraction), ("string", str), ("array", tuple),
("object", sorted tuple of (name, Literal))"""

ATOMS = frozenset({"null", "boolean", "integer", "fraction", "string", "array", "object"})
"""the kinds that a value is exactly one of; JSON Schema's `number` is integer and fraction"""
_NUMBER = regex(r"[-+]?(?:0|[1-9][0-9]{0,400})(?:\.[0-9]{1,400})?(?:[eE][-+]?[0-9]{1,3})?")
_LARGE = Fraction(10) ** 15
SHOWN = 5
"""how many values a message names"""


def literal(node: Node) -> Literal:
    """The value of a node. A number too long to be one is a text."""
    if isinstance(node, ListNode):
        return "array", tuple(literal(item) for item in node.items)
    if isinstance(node, MapNode):
        return "object", tuple(
            sorted((name, literal(field.value)) for name, field in node.fields.items())
        )
    return _scalar(node)


def _scalar(node: Scalar) -> Literal:
    text = node.text
    if not node.plain:
        return "string", text
    if text in NULLS:
        return "null", None
    if text in TRUE or text in FALSE:
        return "boolean", text in TRUE
    found = number(node)
    return ("string", text) if found is None else ("number", found)


def number(node: Node | None) -> Fraction | None:
    """The exact number that a node is; None for anything else."""
    if isinstance(node, Scalar) and node.plain and _NUMBER.fullmatch(node.text):
        return Fraction(node.text)
    return None


def atom(value: Literal) -> str:
    """Which of ATOMS a value is."""
    kind, content = value
    if kind == "number" and isinstance(content, Fraction):
        return "integer" if content.denominator == 1 else "fraction"
    return kind


def told(value: Literal) -> str:
    """A value as a message shows it: short JSON."""
    kind, content = value
    if isinstance(content, Fraction):
        return told_number(content)
    if kind in {"array", "object"}:
        return f"an {kind}"
    return clean(dumps(content, ensure_ascii=False), 40)


def told_number(value: Fraction) -> str:
    """A number as people write it."""
    if value.denominator == 1 or abs(value) > _LARGE:
        return clean(str(value), 40)
    return repr(float(value))


def told_all(values: frozenset[Literal]) -> str:
    """Some values in order, and how many more there are."""
    names = sorted(told(value) for value in values)
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more
