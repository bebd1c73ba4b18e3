"""The persistent queue against a sorted list."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tierline.rollout.heap import Heap, Item, heap_of, pop, push

items = st.lists(st.tuples(st.integers(-5, 5).map(float), st.sampled_from("abcdefgh")))


def drained(heap: Heap | None) -> list[Item]:
    found: list[Item] = []
    while heap is not None:
        found.append(heap.item)
        heap = pop(heap)
    return found


@given(items)
def test_items_come_out_in_order_whether_pushed_one_by_one_or_at_once(
    given_items: list[Item],
) -> None:
    pushed: Heap | None = None
    for item in given_items:
        pushed = push(pushed, item)
    assert drained(pushed) == sorted(given_items)
    assert drained(heap_of(given_items)) == sorted(given_items)


@given(items, items)
def test_an_old_heap_stays_what_it_was(first: list[Item], later: list[Item]) -> None:
    old = heap_of(first)
    newer = old
    for item in later:
        newer = push(newer, item)
        newer = pop(newer)
    assert drained(old) == sorted(first)


@given(st.lists(st.integers(0, 50), min_size=1, max_size=200))
def test_the_right_spine_is_logarithmic(numbers: list[int]) -> None:
    heap: Heap | None = None
    for place, number in enumerate(numbers):
        heap = push(heap, (float(number), str(place)))
    spine = 0
    while heap is not None:
        spine, heap = spine + 1, heap.right
    assert 2**spine <= len(numbers) + 1


def test_ten_thousand_in_order_do_not_exhaust_the_stack() -> None:
    heap: Heap | None = None
    for number in range(10_000):
        heap = push(heap, (float(number), ""))
    assert [at for at, _ in drained(heap)] == [float(number) for number in range(10_000)]
