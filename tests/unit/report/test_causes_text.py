"""Causes as lines: repetitions of one code are counted, whoever is held stands below its cause."""

from __future__ import annotations

from tierline.report.causes_text import cause_lines
from tierline.report.model import Cause

A, B = "M01-Alpha", "M02-Beta"


def cause(service_id: str | None, code: str, message: str) -> Cause:
    return Cause(service_id, "", code, message, ())


def test_a_service_shows_a_code_once_and_how_often_it_comes() -> None:
    causes = [
        cause(None, "a/file", "one is missing"),
        cause(None, "a/file", "another is missing"),
        cause(A, "a/file", "x is missing"),
        cause(A, "a/file", "y is missing"),
        cause(A, "b/odd", "odd"),
        cause(A, "a/file", "z is missing"),
        cause(B, "a/file", "x is missing"),
    ]
    assert cause_lines(causes, 80) == [
        "  one is missing [a/file]",
        "  another is missing [a/file]",
        "  M01-Alpha: x is missing [a/file]",
        "      and 2 more [a/file]: tierline check M01",
        "  M01-Alpha: odd [b/odd]",
        "  M02-Beta: x is missing [a/file]",
    ]


def test_what_could_not_be_judged_says_why() -> None:
    causes = [
        cause(None, "alias-lineage/not-judged", "no table and no category map"),
        cause(None, "compose/not-judged", "not compared"),
    ]
    assert cause_lines([*causes, cause(A, "b/odd", "odd")], 80) == [
        "  no table and no category map [alias-lineage/not-judged]",
        "  not compared [compose/not-judged]",
        "  M01-Alpha: odd [b/odd]",
    ]
