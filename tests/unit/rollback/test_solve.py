"""What goes back, in which order, and what a refusal says: cases that a person can follow."""

from __future__ import annotations

from tierline.boundary.model import Fit
from tierline.rollback.codes import COMPATIBILITY_UNKNOWN, LOCKSTEP, NEW_FORMAT, OUTSIDE
from tierline.rollback.coverage import coverage
from tierline.rollback.model import Answer, Edge, Link, Pin, Refusal, Scene
from tierline.rollback.solve import solve

OLD_REJECTS = "payments v7 rejects the old contract"
WROTE = "ledger wrote format 4, which v6 cannot read"
CHECKOUT_PULLS = Edge("payments", "checkout", "pay", Fit.NO, Fit.YES, OLD_REJECTS)
PAYMENTS_PULLS = Edge("ledger", "payments", "book", Fit.NO, Fit.YES, "ledger v4 asks for more")


def test_what_nothing_ties_goes_back_alone() -> None:
    scene = Scene(("ledger", "payments", "checkout"), (Edge("checkout", "payments", "pay"),))
    alone = Answer(("checkout",), (Link("checkout", "", ""),), (("checkout",),))
    assert solve(scene, ["checkout"]) == alone


def test_who_does_not_work_with_the_old_one_goes_first() -> None:
    scene = Scene(("checkout", "payments"), (CHECKOUT_PULLS,))
    answer = solve(scene, ["checkout"])
    assert answer.back == (
        Link("checkout", "", ""),
        Link("payments", "checkout", OLD_REJECTS),
    )
    assert answer.steps == (("payments",), ("checkout",))


def test_what_was_not_started_yet_is_old_already() -> None:
    scene = Scene(("checkout", "payments"), (CHECKOUT_PULLS,))
    assert solve(scene, ["checkout"], started=1).services == ("checkout",)


def test_a_refusal_says_how_it_comes_to_what_cannot_go_back() -> None:
    scene = Scene(
        ("checkout", "payments", "ledger"),
        (CHECKOUT_PULLS, PAYMENTS_PULLS),
        {"ledger": (Pin(NEW_FORMAT, WROTE),)},
    )
    answer = solve(scene, ["checkout"])
    assert answer.steps == ()
    assert answer.refusals == (
        Refusal(
            NEW_FORMAT,
            "ledger",
            WROTE,
            (
                Link("checkout", "", ""),
                Link("payments", "checkout", OLD_REJECTS),
                Link("ledger", "payments", "ledger v4 asks for more"),
            ),
        ),
    )


def test_a_service_that_is_not_in_the_rollout_is_never_touched() -> None:
    scene = Scene(("checkout",), (CHECKOUT_PULLS,))
    assert [one.code for one in solve(scene, ["checkout"]).refusals] == [OUTSIDE]


def test_what_only_the_unknown_forbids_is_refused_as_unknown() -> None:
    edge = Edge("payments", "checkout", "pay", Fit.UNKNOWN, Fit.YES, "nobody compared them")
    scene = Scene(("checkout", "payments"), (edge,), {"payments": (Pin(NEW_FORMAT, WROTE),)})
    assert [one.code for one in solve(scene, ["checkout"]).refusals] == [COMPATIBILITY_UNKNOWN]


def test_two_that_only_work_together_wait_for_somebody_to_allow_downtime() -> None:
    edge = Edge("payments", "checkout", "pay", Fit.NO, Fit.NO)
    scene = Scene(("checkout", "payments"), (edge,))
    assert [one.code for one in solve(scene, ["payments"]).refusals] == [LOCKSTEP]
    assert solve(scene, ["payments"], downtime=True).steps == (("payments", "checkout"),)


def test_what_is_free_goes_back_in_reverse_of_its_start() -> None:
    scene = Scene(("a", "b", "c"))
    assert solve(scene, ["a", "c", "b", "never started"]).steps == (("c",), ("b",), ("a",))


def test_coverage_names_the_start_after_which_some_failure_has_no_rollback() -> None:
    scene = Scene(
        ("checkout", "payments", "ledger"),
        (CHECKOUT_PULLS, PAYMENTS_PULLS),
        {"ledger": (Pin(NEW_FORMAT, WROTE, after=3),)},
    )
    found = coverage(scene)
    assert (found.cases, found.safe) == (6, 3)
    assert found.turning is not None
    assert (found.turning.step, found.turning.service_id) == (3, "ledger")
    assert (found.turning.failing, found.turning.refusal.code) == ("checkout", NEW_FORMAT)


def test_where_nothing_is_started_everything_is_covered() -> None:
    found = coverage(Scene(()))
    assert (found.cases, found.share, found.turning) == (0, 1.0, None)
