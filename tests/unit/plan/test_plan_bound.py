"""Lower bounds on cases whose best makespan is known."""

from __future__ import annotations

import pytest

from tierline.plan.bound import bound, grouped
from tierline.plan.schedule import Job, batch_of, tier_of


def jobs(*rows: tuple[float, int, int, str]) -> tuple[Job, ...]:
    """(seconds, tier, level, owners by letter) -> jobs a, b, c, ..."""
    return tuple(
        Job("abcdefghijklmnop"[i], seconds, tier, level, tuple(owners))
        for i, (seconds, tier, level, owners) in enumerate(rows)
    )


FREE = [(1.0, 0, 0, "")]


@pytest.mark.parametrize(
    ("rows", "slots", "best"),
    [
        (FREE * 4, 4, 1.0),
        (FREE * 5, 4, 2.0),
        (FREE * 9, 4, 3.0),
        (FREE * 6, 1, 6.0),
        ([(4, 0, 0, ""), (3, 0, 0, ""), (3, 0, 0, "")], 2, 6),
        ([(1, 0, 0, ""), (2, 0, 1, "a"), (3, 0, 2, "b")], 9, 6),
        ([(5, 0, 0, ""), *[(1, 0, 1, "a")] * 4], 2, 7),
        ([*[(1, 0, 0, "")] * 4, (5, 0, 1, "abcd")], 2, 7),
        ([(2, 0, 0, ""), *[(1, 0, 1, "a")] * 4, (3, 0, 2, "bcde")], 2, 7),
    ],
)
def test_the_bound_is_the_best_makespan(rows, slots: int, best: float) -> None:
    assert bound([jobs(*rows)], slots) == pytest.approx(best)


def test_nothing_takes_no_time() -> None:
    assert bound([], 4) == 0


def test_groups_add_up() -> None:
    made = jobs((1, 0, 0, ""), (4, 1, 0, ""), (2, 1, 1, "b"), (1, 2, 2, "c"))
    assert bound([made], 4) == 7
    assert bound(grouped(made, tier_of), 4) == 1 + 6 + 1
    assert bound(grouped(made, batch_of), 4) == 1 + 4 + 2 + 1


def test_more_slots_never_raise_the_bound() -> None:
    made = jobs(*[(0.5 + i, 0, i % 3, "") for i in range(12)])
    bounds = [bound([made], slots) for slots in range(1, 14)]
    assert bounds == sorted(bounds, reverse=True)
