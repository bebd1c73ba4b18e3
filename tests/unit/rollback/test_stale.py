"""Which boundaries count when something goes back, of those that a plan had compared."""

from __future__ import annotations

from tierline.boundary.model import Fit
from tierline.facts.revision import ABSENT
from tierline.rollback.foresight import Before, Foresight
from tierline.rollback.model import Edge
from tierline.rollback.stale import edges_now

PULLS = Edge("M02", "M01", "c", Fit.NO, Fit.YES, "M02 needs the new M01")
BEFORE = {"M01": Before("old"), "M02": Before("old")}
OWNERS = {"M01": (), "M02": ("M01",)}


def test_a_boundary_counts_as_it_was_compared() -> None:
    known = Foresight(BEFORE, (PULLS,))
    assert edges_now(known, ("M01", "M02"), {"M01": "old", "M02": "old"}, OWNERS) == (PULLS,)


def test_who_was_not_started_yet_is_in_nobodys_way() -> None:
    known = Foresight(BEFORE, (PULLS,))
    assert edges_now(known, ("M01",), {"M01": "old", "M02": "old"}, OWNERS) == ()


def test_where_another_revision_ran_since_nobody_has_compared_it() -> None:
    known = Foresight(BEFORE, (PULLS,))
    (edge,) = edges_now(known, ("M01", "M02"), {"M01": "older", "M02": "old"}, OWNERS)
    assert (edge.provider_back, edge.consumer_back) == (Fit.UNKNOWN, Fit.UNKNOWN)


def test_a_provider_that_did_not_run_takes_its_readers_along() -> None:
    (edge,) = edges_now(None, ("M01", "M02"), {"M01": ABSENT, "M02": "old"}, OWNERS)
    assert (edge.provider_back, edge.consumer_back) == (Fit.NO, Fit.UNKNOWN)
    assert edge.why_provider == "M02 needs M01, which did not run before"
