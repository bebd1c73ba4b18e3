"""Do two schemas say the same? By their text, references followed, remarks for people left out."""

from __future__ import annotations

from tierline.contracts.schema.at import At, resolve
from tierline.contracts.schema.literal import literal
from tierline.contracts.schema.shape import REMARKS
from tierline.mesh.node import ListNode, MapNode, Scalar

_DATA = frozenset({"const", "enum"})
_UNORDERED = frozenset({"required", "type", "enum"})
_MAPS = frozenset(
    {"properties", "patternProperties", "dependentSchemas", "dependentRequired", "dependencies"}
)
"""keywords whose own keys are names, not keywords"""
_DEPTH = 32
MOST = 300
"""pairs of schemas that one question looks at; beyond them nothing is evident"""


def same(one: At, other: At) -> bool:
    """Whether two schemas are valid for the same values, evidently."""
    return Sameness().holds(one, other)


class Sameness:
    """Compares texts of schemas, and remembers which are the same and which are not evidently."""

    def __init__(self) -> None:
        self._known: set[object] = set()
        self._differ: set[object] = set()
        self._assumed: set[object] = set()
        self._left = MOST

    def holds(self, one: At, other: At) -> bool:
        """Whether they are valid for the same values, evidently. False may also mean: not evident."""
        self._assumed, self._left = set(), MOST
        found = self.schemas(one, other, 0)
        if found:
            self._known |= self._assumed
        else:
            self._differ.add((one.key, other.key))
        return found

    def schemas(self, one: At, other: At, depth: int) -> bool:
        key = (one.key, other.key)
        if key in self._assumed or key in self._known:
            return True
        self._left -= 1
        if (
            key in self._differ
            or self._left < 0
            or depth > _DEPTH
            or one.document.dialect is not other.document.dialect
        ):
            return False
        self._assumed.add(key)
        if not isinstance(one.node, MapNode) or not isinstance(other.node, MapNode):
            return self._plain(one, other)
        left, right = _said(one), _said(other)
        if left.keys() != right.keys():
            return False
        return all(self._keyword(word, left[word], right[word], depth) for word in left)

    def _keyword(self, word: str, one: At, other: At, depth: int) -> bool:
        if word == "$ref":
            return self._references(one, other, depth)
        if word in {"$dynamicRef", "$recursiveRef"}:
            return False
        if word in _DATA or isinstance(one.node, Scalar):
            return self._data(word, one, other)
        if isinstance(one.node, ListNode):
            return self._lists(word, one, other, depth)
        if word in _MAPS:
            left, right = one.children(), other.children()
            return left.keys() == right.keys() and all(
                self._either(left[name], right[name], depth) for name in left
            )
        return self.schemas(one, other, depth + 1)

    def _either(self, one: At, other: At, depth: int) -> bool:
        """Values of a map of names: schemas, or lists of names."""
        if isinstance(one.node, ListNode):
            return self._data("required", one, other)
        return self.schemas(one, other, depth + 1)

    def _lists(self, word: str, one: At, other: At, depth: int) -> bool:
        if word in _UNORDERED:
            return self._data(word, one, other)
        left, right = one.items(), other.items()
        return len(left) == len(right) and all(
            self.schemas(first, second, depth + 1)
            for first, second in zip(left, right, strict=True)
        )

    def _references(self, one: At, other: At, depth: int) -> bool:
        named = [
            resolve(at, at.node.text) if isinstance(at.node, Scalar) else None
            for at in (one, other)
        ]
        if named[0] is None or named[1] is None:
            return False
        return self.schemas(named[0], named[1], depth + 1)

    @staticmethod
    def _plain(one: At, other: At) -> bool:
        """Boolean schemas; anything else is no schema and the same as nothing."""
        return one.boolean() is not None and one.boolean() == other.boolean()

    @staticmethod
    def _data(word: str, one: At, other: At) -> bool:
        if word in _UNORDERED and isinstance(one.node, ListNode):
            if not isinstance(other.node, ListNode):
                return False
            sets = [frozenset(map(literal, node.items)) for node in (one.node, other.node)]
            return sets[0] == sets[1]
        return literal(one.node) == literal(other.node)


def _said(at: At) -> dict[str, At]:
    """The keywords of a mapping that decide what is valid."""
    children = at.children()
    if "$ref" in children and at.document.dialect.ref_alone:
        return {"$ref": children["$ref"]}
    return {
        word: child
        for word, child in children.items()
        if word not in REMARKS and not word.startswith("x-")
    }
