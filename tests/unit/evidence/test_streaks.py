"""Each instance of a workload has to be well by itself."""

from __future__ import annotations

from tierline.evidence.streaks import Streaks


def taken(*answers: tuple[str, bool]) -> tuple[Streaks, list[bool]]:
    streaks = Streaks()
    return streaks, [streaks.take(name, well=well) for name, well in answers]


def test_every_instance_needs_its_own_answers() -> None:
    streaks, _ = taken(*[("a", True), ("b", True)] * 2, ("a", True))
    assert streaks.begun
    assert not streaks.steady
    streaks.take("b", well=True)
    assert streaks.steady
    streaks.take("b", well=False)
    assert not streaks.steady


def test_an_instance_that_is_gone_does_not_count() -> None:
    streaks, _ = taken(("a", False), *[("b", True)] * 6)
    assert streaks.steady


def test_nobody_answering_ends_every_streak() -> None:
    streaks, _ = taken(*[("a", True)] * 3, ("", False))
    assert not streaks.begun


def test_another_instance_is_new_once() -> None:
    _, told = taken(("a", True), ("b", False), ("b", True), ("a", True), ("b", True), ("c", True))
    assert told == [False, False, True, False, False, True]
