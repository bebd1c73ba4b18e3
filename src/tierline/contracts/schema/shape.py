"""What a schema says of one value, put together: references followed, `allOf` flattened.

A shape is a conjunction of parts, each a mapping of keywords. Choices (`anyOf`, `oneOf`) stay
apart; what cannot be used at all is a doubt.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import NamedTuple

from tierline.contracts.schema.at import At, Dialect, Way, resolve
from tierline.contracts.schema.literal import ATOMS, Literal, atom, literal, number
from tierline.mesh.node import ListNode, MapNode, Node, Scalar

Ats = tuple[At, ...]
"""schemas that all hold; none is the schema `true`"""

DOUBTFUL = ("not", "if", "$dynamicRef", "$recursiveRef", "dependentSchemas", "propertyNames")
"""keywords that narrow what is written in ways that are not followed"""
_LISTING = frozenset({"const", "enum", "type", "nullable", "$ref", "allOf"})
REMARKS = frozenset(
    {
        *("title", "description", "default", "examples", "example", "$comment", "deprecated"),
        *("$schema", "$id", "$defs", "definitions", "$anchor", "$vocabulary", "externalDocs"),
    }
)
"""keys that change nothing of what is valid"""
_WITHIN = ("$ref", "allOf", "anyOf", "oneOf", "if", "dependentSchemas", "$dynamicRef")
"""keywords beside which `unevaluated...` sees more than its own mapping"""
MOST_BRANCHES = 64
MOST_LINKS = 40
"""references and `allOf` within each other"""


class Group(NamedTuple):
    """One `anyOf` or `oneOf`: its branches, and the mapping that it stands in."""

    keyword: str
    owner: At
    branches: Ats

    @property
    def key(self) -> object:
        """What tells it from every other choice of two documents."""
        return self.owner.key, self.keyword


class Shape(NamedTuple):
    """A schema as parts that all hold. `never`: nothing is valid. `doubts`: what was left out."""

    parts: Ats
    groups: tuple[Group, ...] = ()
    types: frozenset[str] = ATOMS
    never: bool = False
    doubts: tuple[str, ...] = ()

    def of_types(self, types: frozenset[str]) -> Shape:
        """Only its values of these types."""
        return self._replace(types=self.types & types)

    @property
    def is_empty(self) -> bool:
        """Whether evidently nothing is valid."""
        return self.never or not self.types


def shape_of(ats: Ats) -> Shape:
    """The conjunction of schemas, with what their references name."""
    found = _Flat()
    for at in ats:
        found.add(at, 0)
    types = ATOMS
    for part in found.parts:
        types &= types_of(part)
    return Shape(tuple(found.parts), tuple(found.groups), types, found.never, tuple(found.doubts))


class _Flat:
    def __init__(self) -> None:
        self.parts: list[At] = []
        self.groups: list[Group] = []
        self.doubts: list[str] = []
        self.never = False
        self._seen: set[object] = set()

    def add(self, at: At, depth: int) -> None:
        if at.key in self._seen:
            return
        self._seen.add(at.key)
        if at.boolean() is not None or not isinstance(at.node, MapNode):
            self.never |= at.boolean() is False
            if at.boolean() is None:
                self.doubts.append(f"{at.spot().pointer}, which is no schema,")
            return
        reference = at.value("$ref")
        if isinstance(reference, str):
            self._follow(at, reference, depth)
            if at.document.dialect.ref_alone:
                return
        self.parts.append(at)
        whole = at.child("allOf")
        for each in whole.items() if whole else ():
            self.add(each, depth + 1)
        for keyword in ("anyOf", "oneOf"):
            choice = at.child(keyword)
            if choice and isinstance(choice.node, ListNode):
                self.groups.append(Group(keyword, at, choice.items()))
        self.doubts += [f"`{keyword}`" for keyword in DOUBTFUL if at.has(keyword)]
        if unevaluated_in_doubt(at):
            self.doubts.append("`unevaluatedProperties` or `unevaluatedItems`")

    def _follow(self, at: At, reference: str, depth: int) -> None:
        named = resolve(at, reference) if depth < MOST_LINKS else None
        if named is None:
            self.doubts.append("a reference")
        else:
            self.add(named, depth + 1)


def unevaluated_in_doubt(at: At) -> bool:
    """Whether a mapping has `unevaluated...` beside keywords that let it see further."""
    has = at.has("unevaluatedProperties") or at.has("unevaluatedItems")
    return has and any(at.has(keyword) for keyword in _WITHIN)


_NAMED = {
    "number": frozenset({"integer", "fraction"}),
    "integer": frozenset({"integer"}),
}


def types_of(part: At) -> frozenset[str]:
    """The atoms that `type`, `nullable`, `const` and `enum` of one mapping allow."""
    names = part.value("type")
    listed = names if isinstance(names, list) else [names]
    types = ATOMS
    if names is not None:
        types = frozenset[str]()
        for name in listed:
            types |= _NAMED.get(str(name), frozenset({str(name)}) & ATOMS)
        old = part.document.dialect is Dialect.OPENAPI_3_0
        if old and part.value("nullable") is True:
            types |= {"null"}
    values = values_of(part)
    return types if values is None else types & {atom(value) for value in values}


def values_of(part: At) -> frozenset[Literal] | None:
    """The finite set that `const` and `enum` of one mapping allow; None where neither is there."""
    found: frozenset[Literal] | None = None
    listed = part.child("enum")
    if listed and isinstance(listed.node, ListNode):
        found = frozenset(literal(item) for item in listed.node.items)
    constant = part.child("const")
    if constant and part.document.dialect is not Dialect.OPENAPI_3_0:
        only = frozenset({literal(constant.node)})
        found = only if found is None else found & only
    return found


def finite(shape: Shape) -> frozenset[Literal] | None:
    """Every value that the parts' `const` and `enum` allow; None where there are too many."""
    found: frozenset[Literal] | None = None
    for part in shape.parts:
        own = values_of(part)
        if own is not None:
            found = own if found is None else found & own
    if found is None:
        small = {"null": [("null", None)], "boolean": [("boolean", True), ("boolean", False)]}
        if not shape.types <= small.keys():
            return None
        found = frozenset(value for kind in shape.types for value in small[kind])
    return frozenset(value for value in found if atom(value) in shape.types)


def is_list(shape: Shape) -> bool:
    """Whether nothing but `const`, `enum` and `type` says what is valid."""
    words = _LISTING | REMARKS
    known = not shape.groups and not shape.doubts and not shape.never
    return known and all(part.children().keys() <= words for part in shape.parts)


def expanded(shape: Shape) -> tuple[Shape, ...] | None:
    """The shapes that its choices lead to, each without choices; None where they are too many.

    Together they hold at least what the shape does: that `oneOf` takes one branch only is not said.
    """
    pending, found = [(shape, frozenset[object]())], list[Shape]()
    while pending:
        one, done = pending.pop()
        groups = [group for group in one.groups if group.key not in done]
        if not groups:
            found.append(one._replace(groups=()))
        else:
            done |= {groups[0].key}
            for branch in groups[0].branches:
                narrowed = shape_of((*one.parts, branch)).of_types(one.types)
                doubts = tuple(dict.fromkeys((*one.doubts, *narrowed.doubts)))
                never = one.never or narrowed.never
                pending.append((narrowed._replace(doubts=doubts, never=never), done))
        if len(found) + len(pending) > MOST_BRANCHES:
            return None
    return tuple(found)


def first_with(shape: Shape, *keywords: str) -> At | None:
    """The first part that has one of the keywords."""
    return next((one for one in shape.parts if any(one.has(word) for word in keywords)), None)


def texts(at: At, keyword: str) -> tuple[str, ...]:
    """The texts of a list."""
    node: Node | None = at.fields.value(keyword) if at.fields else None
    items: Iterable[Node] = node.items if isinstance(node, ListNode) else ()
    return tuple(item.text for item in items if isinstance(item, Scalar))


def quantity(at: At, keyword: str) -> Fraction | None:
    """The number of a keyword."""
    return number(at.fields.value(keyword)) if at.fields else None


def required_of(at: At) -> frozenset[str]:
    """Names that a mapping requires, this way the data goes."""
    names = frozenset(texts(at, "required"))
    return frozenset(name for name in names if not is_left_out(at, name))


def properties_of(at: At) -> dict[str, At]:
    """The properties that a mapping declares, this way the data goes."""
    declared = at.child("properties")
    found = declared.children() if declared else {}
    return {name: one for name, one in found.items() if not is_left_out(at, name)}


def property_named(at: At, name: str) -> At | None:
    """The property of that name, where a mapping declares it this way the data goes."""
    declared = at.child("properties")
    found = declared.child(name) if declared else None
    return None if found is None or is_left_out(at, name) else found


def is_left_out(at: At, name: str) -> bool:
    """Whether a property is not written this way: `readOnly` in requests, `writeOnly` in answers."""
    keyword = _LEFT_OUT.get(at.document.way)
    declared = at.child("properties") if keyword else None
    one = declared.child(name) if declared else None
    for _ in range(MOST_LINKS):
        if one is None or keyword is None:
            return False
        if one.has(keyword):
            return one.value(keyword) is True
        reference = one.value("$ref") if one.has("$ref") else None
        one = resolve(one, reference) if isinstance(reference, str) else None
    return False


_LEFT_OUT = {Way.REQUEST: "readOnly", Way.ANSWER: "writeOnly"}
