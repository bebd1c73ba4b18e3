"""Gathering keeps what a verdict is read from, and no more than a bounded amount."""

from __future__ import annotations

from dataclasses import replace

from judgements import OWNERS, SERVICE, SINCE, answers, ready, requests, seen, signal
from tierline.facts.evidence import Answer, Boundary, Connection, Health, SignalKind
from tierline.verification.gather import MOST_ANSWERS, MOST_SUBJECTS, add, condensed
from tierline.verification.history import history
from tierline.verification.model import Observations


def test_each_fact_finds_its_place() -> None:
    tried = Connection(SERVICE, "api-1", OWNERS[0], SINCE, Answer.OK)
    checked = Boundary(SERVICE, OWNERS[0], "openapi", "api-1", SINCE, Answer.OK)
    well = answers("api", "+")[0]
    known = Observations()
    for fact in (seen(), well, ready(), tried, signal(SignalKind.LOGS), requests(), checked):
        known = add(known, fact)
    assert known == Observations(
        seen=seen(),
        health=(well,),
        dependencies=ready(),
        connections={OWNERS[0]: tried},
        signals=(signal(SignalKind.LOGS),),
        requests=requests(),
        boundaries=(checked,),
    )


def test_the_later_fact_about_a_subject_replaces_the_earlier() -> None:
    known = add(add(Observations(), requests(40)), requests(80, at=SINCE + 4))
    assert known.requests == requests(80, at=SINCE + 4)
    assert add(known, requests(40)) == known


def test_a_signal_is_known_once_for_each_sender() -> None:
    first, old = signal(SignalKind.LOGS), signal(SignalKind.LOGS, instance="api-0")
    more = replace(first, at=SINCE + 9, count=50)
    known = Observations()
    for fact in (first, old, more, first):
        known = add(known, fact)
    assert known.signals == (old, more)


def test_equal_answers_in_a_row_are_kept_by_their_first_three_and_their_last() -> None:
    many = answers("api", "+" * 50)
    assert condensed(many) == (*many[:3], many[-1])


def test_condensing_keeps_the_history() -> None:
    many = answers("api", "." * 40 + "+" * 9 + "-" * 7 + "+" * 30 + "--")
    assert history(condensed(many), "api-1") == replace(
        history(many, "api-1"), failures=2, streak=0
    )


def test_a_flood_of_answers_is_bounded_for_each_instance() -> None:
    calm = answers("worker", "+++")
    flood = answers("api", "+-" * 500)
    kept = condensed([*calm, *flood])
    assert tuple(kept[:3]) == tuple(calm)
    assert len(kept) == 3 + MOST_ANSWERS
    assert history(kept, "api-1").changes > 2


def test_subjects_are_bounded() -> None:
    known = Observations()
    for number in range(MOST_SUBJECTS + 50):
        known = add(known, signal(SignalKind.LOGS, instance=f"api-{number}"))
        known = add(known, Connection(SERVICE, "api-1", f"M{number}", SINCE, Answer.OK))
        known = add(known, Boundary(SERVICE, f"M{number}", "c", "api-1", SINCE, Answer.OK))
    assert len(known.signals) == MOST_SUBJECTS
    assert len(known.connections) == MOST_SUBJECTS
    assert len(known.boundaries) == MOST_SUBJECTS


def test_workloads_do_not_disturb_each_other() -> None:
    mixed: list[Health] = []
    for one, other in zip(answers("api", "+" * 20), answers("worker", "-" * 20), strict=True):
        mixed += [one, other]
    assert len(condensed(mixed)) == 8
