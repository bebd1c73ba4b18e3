"""Findings are known again after lines moved and clones got other names; one more is one more."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tierline.facts.decision import Severity
from tierline.mesh.defect import Place
from tierline.readiness.fingerprint import LENGTH, fingerprinted
from tierline.readiness.model import Finding

ONE = Finding(
    "config/value",
    "config",
    Severity.FAIL,
    "M01-A",
    Place("mesh/a.yaml", 3, 1),
    "port is no number",
)


def print_of(one: Finding, label: str = "mesh") -> str:
    return fingerprinted([one], label)[0].fingerprint


@pytest.mark.parametrize(
    "same",
    [
        replace(ONE, place=Place("mesh/a.yaml", 99, 7)),
        replace(ONE, status=Severity.WARN, fix="another fix"),
    ],
)
def test_lines_severity_and_fix_do_not_count(same: Finding) -> None:
    assert print_of(same) == print_of(ONE)
    assert len(print_of(ONE)) == LENGTH


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("twice, at mesh/a.yaml:3:1", "twice, at mesh/a.yaml:9:2", True),
        ("see lines 3 to 5", "see lines 4 to 5", True),
        ("main.go:12 prints", "main.go:14 prints", True),
        ("image reg.io:5000/a", "image reg.io:6666/a", False),
        ("image reg.sh:5000/a", "image reg.sh:6666/a", False),
        ("asks db.local:5432", "asks db.local:5433", False),
    ],
)
def test_lines_in_messages_do_not_count_and_ports_do(one: str, other: str, same: bool) -> None:
    prints = [print_of(replace(ONE, message=text)) for text in (one, other)]
    assert (prints[0] == prints[1]) is same


@pytest.mark.parametrize(
    "other",
    [
        replace(ONE, code="config/wrong-type"),
        replace(ONE, service_id="M02-B"),
        replace(ONE, place=Place("mesh/b.yaml", 3, 1)),
        replace(ONE, message="port is no number: M02"),
    ],
)
def test_code_service_file_and_words_do(other: Finding) -> None:
    assert print_of(other) != print_of(ONE)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("first on line 3", "first on line 12", True),
        ("see x/a.yaml:3:1 too", "see x/a.yaml:40 too", True),
        ("index level 0 of M61", "index level 0 of M62", False),
        ("image registry:5000/x", "image registry:5001/x", False),
    ],
)
def test_numbers_of_lines_in_words_do_not_count(one: str, other: str, same: bool) -> None:
    left, right = replace(ONE, message=one), replace(ONE, message=other)
    assert (print_of(left) == print_of(right)) is same


def test_the_folder_of_a_clone_does_not_count() -> None:
    def said(label: str) -> Finding:
        return replace(ONE, place=Place(f"{label}/a.yaml", 1), message=f"no {label}/b.yaml either")

    assert print_of(said("mesh"), "mesh") == print_of(said("shop-2"), "shop-2")
    whole = replace(ONE, place=Place("mesh")), replace(ONE, place=Place("shop"))
    assert print_of(whole[0], "mesh") == print_of(whole[1], "shop")


def test_one_more_of_the_same_is_one_more() -> None:
    twice = fingerprinted([ONE, replace(ONE, place=Place("mesh/a.yaml", 9))], "mesh")
    assert twice[0].fingerprint == print_of(ONE)
    assert twice[1].fingerprint != print_of(ONE)
