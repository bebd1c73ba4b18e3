"""Which revisions a service may still go back to, by its journal and the policy."""

from __future__ import annotations

import pytest

from tierline.facts.revision import ABSENT
from tierline.policy.model import HorizonLimits
from tierline.rollout.events import (
    Action,
    BackStep,
    EffectIntended,
    Judged,
    Recorded,
    RollbackDecided,
    ServiceJudged,
)
from tierline.rollout.former import formers

HOUR = 3600.0
ALL = HorizonLimits(horizon_revisions=20, horizon_hours=1000.0)


def history(*told: tuple[float, str, Judged]) -> list[Recorded]:
    """Starts of M01 and what was judged of each, at the hour that is said."""
    rows: list[Recorded] = []
    for hour, revision, verdict in told:
        key = f"R-{len(rows)}"
        start = EffectIntended(key, "M01", Action.APPLY, 1, revision)
        judged = ServiceJudged("M01", key, verdict, revision, "", "")
        rows += [
            Recorded(len(rows) + n, key, hour * HOUR, 1, event)
            for n, event in enumerate((start, judged))
        ]
    return rows


FOUR = history(
    (0, "a", Judged.VERIFIED),
    (10, "b", Judged.VERIFIED),
    (20, "c", Judged.VERIFIED),
    (30, "d", Judged.VERIFIED),
)


@pytest.mark.parametrize(
    ("revisions", "hours", "at", "expected"),
    [
        (20, 1000.0, 30, ("c", "b", "a")),
        (1, 1000.0, 30, ("c",)),
        (0, 1000.0, 30, ()),
        (20, 5.0, 36, ()),
        (20, 15.0, 40, ("c",)),
        (20, 15.0, 34, ("c", "b")),
    ],
)
def test_the_newest_count_that_were_replaced_lately(
    revisions: int, hours: float, at: float, expected: tuple[str, ...]
) -> None:
    limits = HorizonLimits(revisions, hours)
    assert formers(FOUR).horizon("M01", "d", limits, at * HOUR) == expected


def test_what_was_never_verified_or_found_bad_is_no_way_back() -> None:
    rows = history(
        (0, "a", Judged.VERIFIED),
        (1, "b", Judged.VERIFIED),
        (2, "b", Judged.FAILED),
        (3, "x", Judged.FAILED),
        (4, "c", Judged.VERIFIED),
    )
    assert formers(rows).horizon("M01", "c", ALL, 5 * HOUR) == ("a",)


def test_the_last_good_one_counts_however_old_while_something_else_runs() -> None:
    rows = history((0, "a", Judged.VERIFIED), (900, "b", Judged.FAILED))
    limits = HorizonLimits(1, 1.0)
    assert formers(rows).horizon("M01", "b", limits, 901 * HOUR) == ("a",)


def test_what_came_back_is_the_newest_again() -> None:
    rows = history((0, "a", Judged.VERIFIED), (1, "b", Judged.VERIFIED), (2, "a", Judged.VERIFIED))
    assert formers(rows).horizon("M01", "a", ALL, 3 * HOUR) == ("b",)
    assert formers(rows).horizon("M99", "", ALL, 3 * HOUR) == ()


def test_what_was_stopped_only_to_be_exchanged_was_not_gone_before() -> None:
    for goal, expected in (("a", "a"), (ABSENT, ABSENT)):
        step = RollbackDecided(("M01",), (BackStep("M01", goal, 0, ""),))
        stop = EffectIntended("R-1/M01/stop/2", "M01", Action.STOP, 2, ABSENT)
        gone = ServiceJudged("M01", stop.key, Judged.VERIFIED, ABSENT, "", "")
        rows = history((0, "a", Judged.VERIFIED))
        rows += [Recorded(9, "R-1", 5 * HOUR, 1, event) for event in (step, stop, gone)]
        assert formers(rows).good["M01"].revision == expected
