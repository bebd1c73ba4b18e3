"""Times are written so that people can read them and machines can sort them."""

from __future__ import annotations

import pytest

from tierline.report.times import span, stamp


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-1.0, "0.0 s"),
        (0.44, "0.4 s"),
        (9.94, "9.9 s"),
        (9.96, "10 s"),
        (59.4, "59 s"),
        (59.6, "1 min 00 s"),
        (125.0, "2 min 05 s"),
        (3599.7, "1 h 00 min"),
        (12_000.0, "3 h 20 min"),
    ],
)
def test_a_span_has_at_most_two_units(seconds: float, words: str) -> None:
    assert span(seconds) == words


def test_a_stamp_is_utc_and_sorts_like_the_instant() -> None:
    assert stamp(1_777_888_800.25) == "2026-05-04T10:00:00.250000Z"
    assert stamp(None) is None
    assert str(stamp(1_777_888_800.0)) < str(stamp(1_777_888_800.000_001))
