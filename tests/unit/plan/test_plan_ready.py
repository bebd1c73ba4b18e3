"""Plans of what is ready only: who is left out, why, and that the rest may ship by itself."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from made.plans import mesh_of, readiness_of, request_of, requests, revision_of
from tierline.conductor.wishes import Wishes, wishes_of
from tierline.errors import UsageError
from tierline.facts.decision import Decision
from tierline.facts.revision import Revision
from tierline.ledger.words import the_same
from tierline.plan.build import PlanRequest, build
from tierline.plan.digest import sealed
from tierline.plan.document import from_json, to_json
from tierline.plan.model import Checkpoint, LeftOut, Plan
from tierline.plan.moved import moved
from tierline.readiness.model import Reason
from tierline.report.plan_text import plan_text

OWNERS = {"M01-A": (), "M02-B": ("M01-A",), "M03-C": ("M02-B",), "M04-D": (), "M05-E": ("M04-D",)}
CODE = "structure/missing-file"


def asked(bad: dict[str, Decision], **changed: object) -> PlanRequest:
    mesh = mesh_of(OWNERS)
    request = request_of(mesh, readiness=readiness_of(mesh, bad), ready_only=True)
    return replace(request, **changed)  # type: ignore[arg-type] # fields of PlanRequest by name


def left(plan: Plan) -> list[tuple[str, str, str, tuple[str, ...]]]:
    return [(one.service_id, str(one.decision), one.code, one.chain) for one in plan.left_out]


def planned(plan: Plan) -> set[str]:
    return {service.service_id for service in plan.services}


def test_what_is_not_go_is_left_out_with_all_its_dependents() -> None:
    plan = build(asked({"M02-B": Decision.NO_GO}))
    assert (plan.decision, plan.blockers) == (Decision.GO, ())
    assert planned(plan) == {"M01-A", "M04-D", "M05-E"}
    assert left(plan) == [
        ("M02-B", "NO-GO", CODE, ("M02-B",)),
        ("M03-C", "HOLD", "readiness/owner-not-ready", ("M03-C", "M02-B")),
    ]
    assert from_json(to_json(plan)) == plan


def test_the_text_says_for_how_many_it_is_go_and_who_is_left_out() -> None:
    lines = plan_text(build(asked({"M02-B": Decision.NO_GO})), 80).splitlines()
    assert lines[1] == "GO for 3 of 5 services; 2 left out: M02, M03"
    at = lines.index("Left out")
    assert lines[at + 1 : at + 3] == [
        f"  M02-B: NO-GO, no Makefile [{CODE}]",
        "  M03-C: HOLD, depends on M02-B",
    ]


def test_what_cannot_be_identified_is_left_out_too() -> None:
    revisions = {name: revision_of(name) for name in OWNERS} | {"M04-D": Revision(())}
    plan = build(asked({}, revisions=revisions))
    assert planned(plan) == {"M01-A", "M02-B", "M03-C"}
    assert left(plan)[0] == ("M04-D", "HOLD", "plan/revision-unknown", ("M04-D",))


@pytest.mark.parametrize("decision", [Decision.NO_GO, Decision.HOLD])
def test_where_nothing_is_left_it_is_not_go(decision: Decision) -> None:
    plan = build(asked({"M01-A": decision, "M04-D": decision}))
    assert (plan.decision, planned(plan)) == (decision, set())
    (blocker,) = plan.blockers
    assert (blocker.code, blocker.service_id) == ("plan/nothing-ready", None)
    assert blocker.message == (
        "nothing is left to release: all 5 services are left out, being not ready"
    )


def test_what_concerns_the_release_still_refuses() -> None:
    request = asked({"M02-B": Decision.NO_GO})
    stale = Reason("index/stale", "the index is stale", Decision.NO_GO)
    plan = build(replace(request, readiness=replace(request.readiness, release_reasons=(stale,))))
    assert plan.decision is Decision.NO_GO
    assert [blocker.code for blocker in plan.blockers] == ["index/stale"]


def test_what_is_left_out_is_bound() -> None:
    one, other = (asked({name: Decision.NO_GO}) for name in ("M02-B", "M03-C"))
    before, after = build(one), build(other)
    assert before.digest != after.digest
    assert moved(before, after) == (
        f"M02-B: was left out (NO-GO {CODE}), and would not be now",
        f"M03-C: left out as NO-GO {CODE}, was HOLD readiness/owner-not-ready, M03-C -> M02-B",
        "M02-B: not planned, and would be now",
    )
    assert build(asked({})).digest != build(asked({}, ready_only=False)).digest


def forged(plan: Plan, **changed: object) -> LeftOut:
    return replace(plan.left_out[0], **changed)  # type: ignore[arg-type] # fields by name


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"decision": Decision.GO}, "left_out.M02-B: is GO"),
        ({"service_id": "M01-A", "chain": ("M01-A",)}, "left_out.M01-A: is planned too"),
        ({"chain": ("M09-X", "M02-B")}, "left_out.M02-B.chain: does not lead"),
    ],
)
def test_a_plan_that_contradicts_itself_is_refused(changed: dict[str, object], told: str) -> None:
    plan = build(asked({"M02-B": Decision.NO_GO}))
    wrong = sealed(replace(plan, left_out=(forged(plan, **changed), *plan.left_out[1:])))
    with pytest.raises(UsageError, match=told):
        from_json(to_json(wrong))


def test_a_plan_of_everything_leaves_nothing_out() -> None:
    plan = build(asked({"M02-B": Decision.NO_GO}))
    with pytest.raises(UsageError, match="nobody asked for it, and ready_only is false"):
        from_json(to_json(sealed(replace(plan, ready_only=False))))


def test_what_is_asked_to_be_left_out_goes_with_its_dependents_whatever_it_is() -> None:
    bad = {"M05-E": Decision.NO_GO}
    plan = build(asked(bad, ready_only=False, without=frozenset({"M02-B"})))
    assert left(plan) == [
        ("M02-B", "HOLD", "plan/without", ("M02-B",)),
        ("M03-C", "HOLD", "readiness/owner-not-ready", ("M03-C", "M02-B")),
    ]
    assert (plan.decision, [one.service_id for one in plan.blockers]) == (Decision.NO_GO, ["M05-E"])
    assert from_json(to_json(plan)) == plan
    both = build(asked(bad, without=frozenset({"M02-B", "M05-E"})))
    assert (both.decision, planned(both)) == (Decision.GO, {"M01-A", "M04-D"})
    assert wishes_of(both) == Wishes(Checkpoint.NONE, ready_only=True, without="M02-B M05-E")
    assert the_same("rollout", both) == "rollout --ready-only --without 'M02 M05'"
    assert the_same("rollout", plan, ["M04-D"]) == "rollout --without 'M02 M04'"


def test_without_everything_nothing_is_left() -> None:
    plan = build(asked({}, ready_only=False, without=frozenset({"M01-A", "M04-D"})))
    assert (plan.decision, planned(plan)) == (Decision.HOLD, set())
    assert [one.message for one in plan.blockers] == [
        "nothing is left to release: all 5 services are left out"
    ]
    with pytest.raises(UsageError, match="says GO, and nothing is planned"):
        from_json(to_json(sealed(replace(plan, decision=Decision.GO, blockers=()))))


@given(requests(), st.data())
def test_what_is_planned_is_go_and_needs_nothing_that_is_left_out(
    request: PlanRequest, data: st.DataObject
) -> None:
    decisions = st.sampled_from([Decision.GO, Decision.GO, Decision.HOLD, Decision.NO_GO])
    bad = {name: data.draw(decisions) for name in request.chosen}
    judged = readiness_of(request.mesh, bad)
    plan = build(replace(request, readiness=judged, ready_only=True))
    out = {one.service_id for one in plan.left_out}
    owners = request.mesh.graph.owners
    assert planned(plan) | out == set(request.chosen)
    assert not planned(plan) & out
    assert all(service.decision is Decision.GO for service in plan.services)
    assert all(out.isdisjoint(owners[name]) for name in planned(plan))
    for one in plan.left_out:
        assert bad[one.chain[-1]] is not Decision.GO
        assert all(b in owners[a] for a, b in zip(one.chain, one.chain[1:], strict=False))
    assert (plan.decision is Decision.GO) == bool(planned(plan))
    assert json.loads(to_json(from_json(to_json(plan))))["digest"] == plan.digest
