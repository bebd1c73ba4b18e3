"""The table of pairs that a plan keeps: sides by name, worst first, bounded."""

from __future__ import annotations

from dataclasses import replace

from tierline.boundary.model import Basis, Boundary, Fit, Judgement, Matrix
from tierline.boundary.table import MOST, Met, Side, Table, table_of
from tierline.facts.revision import ABSENT

GOOD = Judgement(Fit.YES, Basis.SAME, "the same")
BAD = Judgement(Fit.NO, Basis.USE, "gone")
EDGE = Boundary("C", "P", "contracts/a", binds=True)


def matrix(**former: tuple[str, ...]) -> Matrix:
    pairs = {("c1", "p2"): BAD, ("c2", "p2"): GOOD, ("c2", "p1"): GOOD, ("c0", "p2"): GOOD}
    return Matrix({"C": "c2", "P": "p2"}, {"C": "c1", "P": "p1"}, {EDGE: pairs}, former={**former})


def met(consumer: Side, provider: Side, told: Judgement, before: str = "") -> Met:
    sides = ("C", "P", "contracts/a", consumer, provider)
    return Met(*sides, told.fit, told.basis, told.message, before)


def test_each_pair_is_told_once_the_worst_first() -> None:
    new, runs = Side.CANDIDATE, Side.RUNS
    assert table_of(matrix(C=("c0",))) == Table(
        (
            met(runs, new, BAD),
            met(new, new, GOOD),
            met(new, runs, GOOD),
            met(Side.BEFORE, new, GOOD, "c0"),
        ),
        {"yes": 3, "no": 1},
    )


def test_what_does_not_run_is_no_pair_and_what_stays_meets_nothing() -> None:
    fresh = replace(matrix(), running={"C": ABSENT, "P": ABSENT})
    assert [(one.consumer_is, one.provider_is) for one in table_of(fresh).pairs] == [
        (Side.CANDIDATE, Side.CANDIDATE)
    ]
    stays = replace(matrix(), candidate={"C": "c1", "P": "p1"})
    assert table_of(stays) == Table((), {})


def test_what_is_not_kept_is_counted() -> None:
    edges = [Boundary(f"C{n}", "P", "contracts/a", binds=False) for n in range(MOST)]
    both = {("c1", "p2"): GOOD, ("c1", "p1"): GOOD}
    running = {one.consumer: "c1" for one in edges} | {"P": "p1"}
    pairs = dict.fromkeys(edges, both) | {EDGE: {("c1", "p2"): BAD}}
    found = table_of(Matrix({"P": "p2"}, {**running, "C": "c1"}, pairs))
    assert (len(found.pairs), found.pairs[0].fit) == (MOST, Fit.NO)
    assert found.left_out == 1
