"""What goes into a plan, and what is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from made.plans import mesh_of, policy_of, readiness_of, request_of, revision_of
from made.shop import blocked, ready, request
from tierline.errors import UsageError
from tierline.facts.decision import Decision, Severity
from tierline.facts.revision import UNKNOWN, Part, Revision
from tierline.mesh.defect import Place
from tierline.plan.build import build
from tierline.plan.model import Plan
from tierline.policy.model import TierMode
from tierline.readiness.decide import decide
from tierline.readiness.gates import GATES
from tierline.readiness.model import Check, Finding, GateResult, Readiness, Reason, ServiceReadiness


def names(plan: Plan) -> list[str]:
    return [service.service_id for service in plan.services]


def of(plan: Plan, short: str):
    return next(s for s in plan.services if s.service_id.startswith(short))


def test_owners_are_told_apart_by_whether_they_are_planned() -> None:
    ledger = of(ready(), "M06")
    assert ledger.owners == ("M02-Profile-Service",)
    assert ledger.outside == ("M10-Event-Bus-Service",)
    assert of(ready(), "M05").externals == ("X40-Legal-Archive",)
    assert ready().outside == {"M10-Event-Bus-Service": "0123456789abcdef0123456789abcdef"}


def test_an_outside_owner_that_nobody_saw_is_named_without_a_revision() -> None:
    plan = build(replace(request(), outside={}))
    assert plan.outside == {"M10-Event-Bus-Service": ""}


def test_a_tier_inversion_is_overruled_with_its_reason() -> None:
    (only,) = ready().overruled
    assert (only.service_id, only.tier, only.effective_tier) == ("M04-Edge-Gateway", 0, 1)
    assert only.because == "M01-Authentication-Service"
    assert of(ready(), "M04").batch == "t1-l1"


def test_batches_are_effective_tiers_and_levels_of_the_whole_mesh() -> None:
    plan = build(replace(request(), chosen=("M07-Payout-Service",)))
    assert [(b.id, b.services) for b in plan.batches] == [("t2-l3", ("M07-Payout-Service",))]


def test_commands_of_the_configuration_are_shown() -> None:
    assert of(ready(), "M07").argv == {"worker": ("./bin/payout", "--queue", "a b")}


@pytest.mark.parametrize("seconds", [float("nan"), float("inf"), -1.0])
def test_an_expected_duration_that_is_none_counts_as_one_second(seconds: float) -> None:
    plan = build(request_of(mesh_of({"A-One": ()}), expected_seconds={"A-One": seconds}))
    assert plan.bound_seconds == 1.0


def test_the_longest_remaining_path_goes_first() -> None:
    owners = {"A": (), "B": (), "C": ("B",), "D": (), "E": ("D",)}
    mesh = mesh_of(owners)
    plan = build(request_of(mesh, expected_seconds={"E": 5.0}))
    assert names(plan) == ["D", "E", "B", "A", "C"]


def test_a_tie_inside_a_tier_is_broken_by_the_whole_path_then_by_id() -> None:
    mesh = mesh_of({"A": (), "B": (), "C": (), "D": ("C",)}, {"A": 1, "B": 1, "C": 1, "D": 2})
    assert names(build(request_of(mesh))) == ["C", "A", "B", "D"]


def test_tiers_cost_what_strict_gates_add() -> None:
    mesh = mesh_of({"A": (), "B": ()}, {"A": 0, "B": 1})
    strict = build(request_of(mesh))
    assert (strict.bound_seconds, strict.bound_untiered_seconds) == (2.0, 1.0)
    prefer = build(request_of(mesh, policy=policy_of(TierMode.PREFER)))
    assert (prefer.bound_seconds, prefer.bound_untiered_seconds) == (1.0, 1.0)


def test_an_empty_selection_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="holds no service") as refused:
        build(request_of(mesh_of({"A-One": ()}), chosen=()))
    assert (refused.value.code, refused.value.exit_code) == ("plan/empty", 2)


def test_an_unknown_service_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="B-Two"):
        build(request_of(mesh_of({"A-One": ()}), chosen=("A-One", "B-Two")))


def test_a_service_named_twice_is_planned_once() -> None:
    assert names(build(request_of(mesh_of({"A-One": ()}), chosen=("A-One", "A-One")))) == ["A-One"]


def test_a_mesh_that_is_not_ready_still_gets_a_plan() -> None:
    plan = blocked()
    assert plan.decision is Decision.NO_GO
    assert len(plan.services) == 7
    assert [(b.service_id, b.code, len(b.chain)) for b in plan.blockers] == [
        (None, "index/freshness-unknown", 0),
        ("M06-Payments-Ledger-Service", "structure/missing-file", 1),
        ("M07-Payout-Service", "readiness/waits-for-owner", 2),
    ]


def test_a_service_that_nobody_judged_is_on_hold() -> None:
    readiness = Readiness("local", Decision.GO, {}, ())
    plan = build(request_of(mesh_of({"A-One": ()}), readiness=readiness))
    assert plan.decision is Decision.HOLD
    assert [b.code for b in plan.blockers] == ["plan/not-judged"]


@pytest.mark.parametrize(
    ("revisions", "named"),
    [
        ({}, "all of it"),
        (
            {"A-One": Revision((Part("service tree", "1"), Part("closure: x", UNKNOWN)))},
            "closure: x",
        ),
    ],
)
def test_a_revision_that_is_not_known_is_never_go(
    revisions: dict[str, Revision], named: str
) -> None:
    plan = build(request_of(mesh_of({"A-One": ()}), revisions=revisions))
    assert plan.decision is plan.services[0].decision is Decision.HOLD
    assert [(b.code, named in b.message) for b in plan.blockers] == [
        ("plan/revision-unknown", True)
    ]


CYCLE = {"A-One": ("B-Two",), "B-Two": ("A-One",), "C-Three": ("B-Two",), "D-Four": ()}


def test_a_cycle_is_named_once_with_its_edges_and_leaves_the_rest_planned() -> None:
    mesh = mesh_of(CYCLE)
    place = Place("mesh/services/services-index.yaml", 1, 1)
    found = tuple(
        Finding("load-order/cycle", "load-order", Severity.FAIL, name, place, "DBR cycle")
        for name in ("A-One", "B-Two")
    )
    judged = Check(Decision.NO_GO, tuple(GateResult(gate.id, Severity.OK) for gate in GATES), found)
    readiness = decide(mesh, judged, policy_of(), tuple(mesh.services), {})
    plan = build(request_of(mesh, readiness=readiness))
    assert plan.decision is Decision.NO_GO
    assert names(plan) == ["D-Four"]
    assert [(b.code, b.service_id, b.chain) for b in plan.blockers] == [
        ("load-order/cycle", None, ("A-One", "B-Two", "A-One")),
        ("readiness/no-order", "C-Three", ("C-Three", "B-Two")),
    ]


def test_what_only_warns_is_no_blocker() -> None:
    mesh = mesh_of({"A-One": ()})
    reasons = (
        Reason("structure/missing-file", "no Makefile", Decision.NO_GO),
        Reason("lifecycle/not-listed", "not listed", Decision.GO),
    )
    services = {"A-One": ServiceReadiness("A-One", Decision.NO_GO, reasons, ("A-One",))}
    readiness = Readiness("local", Decision.NO_GO, services, (), reasons[1:])
    plan = build(request_of(mesh, readiness=readiness))
    assert [b.code for b in plan.blockers] == ["structure/missing-file"]


def test_a_cycle_that_concerns_nobody_chosen_is_not_named() -> None:
    plan = build(request_of(mesh_of(CYCLE), chosen=("D-Four",)))
    assert (plan.decision, plan.blockers) == (Decision.GO, ())


def test_a_mesh_of_a_cycle_only_has_a_plan_of_nothing_that_is_no_go() -> None:
    mesh = mesh_of({"A-One": ("B-Two",), "B-Two": ("A-One",)})
    plan = build(request_of(mesh))
    assert (plan.decision, plan.services, plan.bound_seconds) == (Decision.NO_GO, (), 0.0)


def test_parts_of_a_revision_are_bound_in_any_order() -> None:
    mesh = mesh_of({"A-One": ()})
    revision = revision_of("A-One")
    turned = Revision(revision.source[::-1], revision.configuration)
    one, other = (
        build(request_of(mesh, revisions={"A-One": given})) for given in (revision, turned)
    )
    assert one == other


def test_the_decision_of_a_release_without_blame_of_a_service_holds_it() -> None:
    mesh = mesh_of({"A-One": ()})
    readiness = replace(readiness_of(mesh), decision=Decision.HOLD)
    assert build(request_of(mesh, readiness=readiness)).decision is Decision.HOLD
