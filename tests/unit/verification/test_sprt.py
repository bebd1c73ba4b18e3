"""Wald's test: its bounds, its limits, and how many samples it asks for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tierline.policy.model import Limits
from tierline.verification.sprt import Share, share, wanted

LIMITS = Limits()


@pytest.mark.parametrize(
    ("total", "errors", "expected"),
    [
        (0, 0, Share.OPEN),
        (111, 0, Share.OPEN),
        (112, 0, Share.GOOD),
        (3, 3, Share.BAD),
        (2, 2, Share.OPEN),
        (151, 1, Share.OPEN),
        (152, 1, Share.GOOD),
        (20, 4, Share.BAD),
        (400, 8, Share.OPEN),
    ],
)
def test_the_bounds_are_those_of_walds_formula(total: int, errors: int, expected: Share) -> None:
    assert share(total, errors, LIMITS) is expected


def test_impossible_counts_decide_nothing() -> None:
    assert share(3, 4, LIMITS) is Share.OPEN
    assert share(-200, 0, LIMITS) is Share.OPEN
    assert share(200, -1, LIMITS) is Share.OPEN


def test_it_wants_as_many_requests_as_would_accept_without_an_error() -> None:
    assert wanted(0, 0, LIMITS) == 112
    assert wanted(40, 0, LIMITS) == 72
    assert wanted(112, 1, LIMITS) == 40
    assert wanted(112, 0, LIMITS) == 0
    assert wanted(3, 3, LIMITS) == 0


def test_it_never_wants_more_than_the_limit() -> None:
    assert wanted(390, 8, LIMITS) == 10
    assert wanted(400, 8, LIMITS) == 0
    assert wanted(500, 10, LIMITS) == 0


def test_what_was_wanted_decides() -> None:
    total, errors = 60, 1
    more = wanted(total, errors, LIMITS)
    assert share(total + more, errors, LIMITS) is Share.GOOD
    assert share(total + more - 1, errors, LIMITS) is Share.OPEN


def test_shares_that_are_no_order_stay_open() -> None:
    same = replace(LIMITS, good_share=0.05, bad_share=0.05)
    assert share(1000, 0, same) is Share.OPEN
    assert wanted(0, 0, same) == 0


def test_no_error_at_all_may_be_demanded() -> None:
    strict = replace(LIMITS, good_share=0.0)
    assert share(400, 1, strict) is Share.BAD
    assert share(400, 0, strict) is Share.GOOD
