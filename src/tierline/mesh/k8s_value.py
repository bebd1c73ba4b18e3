"""Asks a manifest's nodes for values where any key may be missing; knows no kind of object."""

from __future__ import annotations

from tierline.mesh.node import INTEGER, ListNode, MapNode, Node, Scalar
from tierline.mesh.source import Source

LABELS = ("app.kubernetes.io/name", "app")
"""by which of these a pod is told apart; the first that it has"""
_LARGEST = 2_000_000_000


def child(node: MapNode | None, key: str, source: Source) -> MapNode | None:
    """The mapping below a key; None where there is none, and a defect where it is something else."""
    value = None if node is None else node.value(key)
    if value is None or (isinstance(value, Scalar) and value.empty):
        return None
    return source.fields(value, f"`{key}`")


def children(node: MapNode | None, key: str, source: Source) -> tuple[MapNode, ...]:
    """The mappings in the list below a key; a defect for everything that is none."""
    value = None if node is None else node.value(key)
    if value is None or (isinstance(value, Scalar) and value.empty):
        return ()
    if not isinstance(value, ListNode):
        source.wrong_kind(value, f"`{key}`", "a list")
        return ()
    found = (source.fields(item, f"an entry of `{key}`") for item in value.items)
    return tuple(one for one in found if one is not None)


def word(node: MapNode | None, key: str) -> str:
    """The text below a key, as written; "" where there is none."""
    value = None if node is None else node.value(key)
    return value.text if isinstance(value, Scalar) and not value.empty else ""


def number(node: Node | None, *, quoted: bool = False) -> int | None:
    """A whole number of at most 2 thousand million; None for anything else, `${VAR}` too."""
    if not isinstance(node, Scalar) or not (node.plain or quoted):
        return None
    if not INTEGER.fullmatch(node.text):
        return None
    found = int(node.text)
    return found if 0 <= found <= _LARGEST else None


def label(metadata: MapNode | None, source: Source) -> str:
    """Which label tells the pods apart."""
    labels = child(metadata, "labels", source)
    return next((key for key in LABELS if word(labels, key)), "")
