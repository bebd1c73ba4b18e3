"""What a person may pass in an emergency, and what nobody passes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from made.plans import mesh_of, readiness_of, request_of, revision_of
from tierline.errors import UsageError
from tierline.facts.decision import Decision
from tierline.facts.revision import UNKNOWN, Part, Revision
from tierline.plan.admission import (
    LONGEST_REASON,
    admitted,
    in_the_way,
    reason_of,
    told,
    unapproved,
    unpassable,
)
from tierline.plan.approval import Consent
from tierline.plan.build import build
from tierline.readiness.model import Reason

MESH = mesh_of({"M01-A": (), "M02-B": ("M01-A",)})
MISSING = Consent(Decision.HOLD, (), (Reason("approval/missing", "nobody has approved it"),))
GO = Consent(Decision.GO)


def test_a_plan_is_admitted_by_its_gates_and_by_people() -> None:
    plan = build(request_of(MESH))
    assert admitted(plan, GO)
    assert in_the_way(plan, GO) == ()
    assert not admitted(plan, MISSING)
    assert told(in_the_way(plan, MISSING)) == ("approval/missing",)


def test_a_warning_about_approvals_is_not_in_the_way() -> None:
    warned = Consent(Decision.GO, (), (Reason("approval/missing", "nobody", Decision.GO),))
    plan = build(request_of(MESH))
    assert (admitted(plan, warned), in_the_way(plan, warned)) == (True, ())


def test_what_gates_say_may_be_passed_and_is_told_by_code() -> None:
    worse = {"M01-A": Decision.NO_GO, "M02-B": Decision.HOLD}
    plan = build(request_of(MESH, readiness=readiness_of(MESH, worse)))
    assert unpassable(plan) == ()
    assert told(in_the_way(plan, MISSING)) == (
        "structure/missing-file: M01-A, M02-B",
        "approval/missing",
    )


def test_neither_a_cycle_nor_an_unknown_revision_is_passed() -> None:
    knot = mesh_of({"M01-A": ("M02-B",), "M02-B": ("M01-A",), "M03-C": ()})
    assert {one.code for one in unpassable(build(request_of(knot)))} == {"load-order/cycle"}
    blurred = {"M01-A": Revision((Part("service tree", UNKNOWN),)), "M02-B": Revision(())}
    found = unpassable(build(request_of(MESH, revisions=blurred)))
    assert [(one.code, one.service_id) for one in found] == [
        ("plan/revision-unknown", "M01-A"),
        ("plan/revision-unknown", "M02-B"),
    ]


def test_an_unknown_revision_is_not_passed_where_a_gate_says_worse() -> None:
    blurred = {"M01-A": Revision((Part("service tree", UNKNOWN),)), "M02-B": revision_of("M02-B")}
    worse = readiness_of(MESH, {"M01-A": Decision.NO_GO, "M02-B": Decision.HOLD})
    found = unpassable(build(request_of(MESH, readiness=worse, revisions=blurred)))
    assert [(one.code, one.service_id) for one in found] == [("plan/revision-unknown", "M01-A")]


def test_a_plan_that_lacks_nothing_but_an_approval_says_so() -> None:
    plan = build(request_of(MESH))
    assert not unapproved(plan)
    assert unapproved(replace(plan, blockers=in_the_way(plan, MISSING)))
    worse = build(request_of(MESH, readiness=readiness_of(MESH, {"M01-A": Decision.NO_GO})))
    assert not unapproved(replace(worse, blockers=in_the_way(worse, MISSING)))


@pytest.mark.parametrize("text", ["", "   ", "\n\t", "x" * (LONGEST_REASON + 1)])
def test_a_reason_is_said_and_not_endless(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        reason_of(text)
    assert caught.value.code == "usage/break-glass"


def test_a_reason_is_one_clean_line() -> None:
    assert reason_of(" INC-42:\n logins\x1b[31m \u202efail ") == "INC-42: logins?[31m ?fail"
