"""What a matrix of boundaries answers for pairs that were judged, and for those that were not."""

from __future__ import annotations

from tierline.boundary.model import Basis, Boundary, Fit, Judgement, Matrix
from tierline.facts.revision import ABSENT

READS = Boundary("M02", "M01", "contracts/openapi/m01.yaml", binds=True)
HEARS = Boundary("M02", "M01", "contracts/events/m01.made.json", binds=False)
BARE = Boundary("M02", "M01", "", binds=True)


def matrix(ties: bool = True) -> Matrix:
    yes = Judgement(Fit.YES, Basis.SAME, "the same file")
    return Matrix({"M01": "p2"}, {"M01": "p1"}, {READS: {("c1", "p1"): yes}}, ties)


def test_a_judged_pair_answers_as_it_was_judged() -> None:
    assert matrix().ok(READS, "c1", "p1") is Fit.YES


def test_a_pair_that_nobody_judged_is_unknown_and_not_safe() -> None:
    assert matrix().ok(READS, "c1", "p2") is Fit.UNKNOWN
    assert not matrix(ties=False).safe(READS, "c1", "p2")


def test_an_absent_consumer_breaks_on_nothing() -> None:
    assert matrix().ok(READS, ABSENT, "p9") is Fit.YES


def test_an_absent_provider_breaks_who_reads_its_data_and_nobody_else() -> None:
    assert matrix().ok(READS, "c1", ABSENT) is Fit.NO
    assert matrix().ok(HEARS, "c1", ABSENT) is Fit.YES


def test_without_a_contract_file_the_policy_says_whether_unknown_ties() -> None:
    assert matrix().ok(BARE, "c1", "p1") is Fit.UNKNOWN
    assert not matrix(ties=True).safe(BARE, "c1", "p1")
    assert matrix(ties=False).safe(BARE, "c1", "p1")


def test_a_service_moves_where_its_revision_differs_or_nobody_knows_it() -> None:
    assert matrix().moves("M01")
    assert not Matrix({"M01": "p1"}, {"M01": "p1"}, {}).moves("M01")
    assert Matrix({"M01": "p1"}, {}, {}).moves("M01")
    assert Matrix({"M01": "p1"}, {"M01": ""}, {}).moves("M01")
    assert not Matrix({}, {"M01": "p1"}, {}).moves("M01")
