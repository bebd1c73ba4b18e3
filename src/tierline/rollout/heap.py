"""A persistent priority queue: pushing and popping give new heaps; knows nothing of its items.

A leftist heap (Crane 1972, as in Okasaki, Purely Functional Data Structures, section 3.1): the
right spine has at most log2(n + 1) nodes, so push and pop are O(log n) and old heaps stay valid.
"""

from __future__ import annotations

from collections.abc import Iterable

from tierline.frozen import frozen

Item = tuple[float, str]
"""(priority, name): the smallest comes first, names break ties"""


@frozen
class Heap:
    """A node: `spine` is the length of its right spine."""

    item: Item
    left: Heap | None = None
    right: Heap | None = None
    spine: int = 1


def _merge(a: Heap | None, b: Heap | None) -> Heap | None:
    if a is None:
        return b
    if b is None:
        return a
    if b.item < a.item:
        a, b = b, a
    merged = _merge(a.right, b)
    left_spine = a.left.spine if a.left else 0
    merged_spine = merged.spine if merged else 0
    if left_spine >= merged_spine:
        return Heap(a.item, a.left, merged, merged_spine + 1)
    return Heap(a.item, merged, a.left, left_spine + 1)


def push(heap: Heap | None, item: Item) -> Heap:
    """The heap with one item more."""
    return _merge(heap, Heap(item)) or Heap(item)


def pop(heap: Heap) -> Heap | None:
    """The heap without its smallest item, None when that was the last."""
    return _merge(heap.left, heap.right)


def heap_of(items: Iterable[Item]) -> Heap | None:
    """A heap of all items, in O(n): merged pairwise."""
    layer: list[Heap | None] = [Heap(item) for item in items]
    while len(layer) > 1:
        odd = layer.pop() if len(layer) % 2 else None
        layer = [_merge(layer[i], layer[i + 1]) for i in range(0, len(layer), 2)]
        if odd is not None:
            layer.append(odd)
    return layer[0] if layer else None
