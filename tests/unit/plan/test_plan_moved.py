"""What moved since a plan was made, in words that name it."""

from __future__ import annotations

from dataclasses import replace

from made.plans import mesh_of, readiness_of, request_of, revision_of
from made.shop import OWNERS, TIERS, blocked, ready, request
from tierline.facts.decision import Decision
from tierline.facts.evidence import SignalKind
from tierline.plan.build import build
from tierline.plan.document import from_json, to_json
from tierline.plan.moved import moved

BUS = "M10-Event-Bus-Service"


def test_nothing_moved() -> None:
    assert moved(ready(), ready()) == ()


def test_an_edit_is_named_by_its_parts() -> None:
    now = {**request().revisions, "M07-Payout-Service": revision_of("M07", "two")}
    assert moved(ready(), build(replace(request(), revisions=now))) == (
        "M07-Payout-Service: changed: service tree",
    )


def test_an_outside_owner_that_runs_something_else() -> None:
    now = build(replace(request(), outside={BUS: ""}))
    assert moved(ready(), now) == (
        f"{BUS}: owner outside the plan, runs nothing, was 0123456789ab",
    )


def test_a_rule_and_a_policy_behind_the_rules() -> None:
    policy = request().policy
    limits = replace(policy.limits, max_parallel=2)
    assert moved(ready(), build(replace(request(), policy=replace(policy, limits=limits)))) == (
        "rules: limits.max_parallel 8 -> 2",
    )
    other = replace(policy, assume_externals=False)
    assert moved(ready(), build(replace(request(), policy=other))) == (
        "policy: severities, demands, waivers or trust are others than before",
    )


def test_edges_levels_and_tiers() -> None:
    owners = {**OWNERS, "M01-Authentication-Service": ("X07-Vault",), "M07-Payout-Service": ()}
    mesh = replace(mesh_of(owners, {**TIERS, "M07-Payout-Service": 1}), name="shop")
    now = build(replace(request(), mesh=mesh))
    assert moved(ready(), now) == (
        "M01-Authentication-Service: externals: +X07-Vault",
        "M07-Payout-Service: owners in the plan: -M06-Payments-Ledger-Service",
        "M07-Payout-Service: tier 2 -> 1",
        "M07-Payout-Service: effective tier 2 -> 1",
        "M07-Payout-Service: level 3 -> 0",
        "M07-Payout-Service: the command of worker is another",
    )


def test_verdicts_and_blockers() -> None:
    ledger, payout = "M06-Payments-Ledger-Service", "M07-Payout-Service"
    assert moved(ready(), blocked()) == (
        "decision: GO -> NO-GO",
        "blocker new: M06-Payments-Ledger-Service: structure/missing-file",
        f"blocker new: {payout}: readiness/waits-for-owner ({payout} -> {ledger})",
        "blocker new: the release: index/freshness-unknown",
        "M06-Payments-Ledger-Service: decision GO -> NO-GO",
        "M07-Payout-Service: decision GO -> HOLD",
    )


def test_services_that_come_and_go() -> None:
    mesh = mesh_of({"A-One": (), "B-Two": ()})
    one, other = (build(request_of(mesh, chosen=(name,))) for name in ("A-One", "B-Two"))
    assert moved(one, other) == (
        "A-One: planned, and would not be now",
        "B-Two: not planned, and would be now",
    )


def test_words_of_a_message_are_not_bound() -> None:
    mesh = mesh_of({"A-One": ()})
    held = readiness_of(mesh, {"A-One": Decision.HOLD})
    reason = replace(held.services["A-One"].reasons[0], message="12 minutes old")
    later = replace(held, services={"A-One": replace(held.services["A-One"], reasons=(reason,))})
    one, other = (build(request_of(mesh, readiness=given)) for given in (held, later))
    assert one.blockers != other.blockers
    assert moved(one, other) == ()
    assert one.digest == other.digest


def test_telemetry_that_a_service_lists_is_bound_and_read_again() -> None:
    service = ready().services[0].service_id
    brings = {service: (SignalKind.LOGS, SignalKind.TRACES)}
    now = build(replace(request(), brings=brings))
    assert now.digest != ready().digest
    assert moved(ready(), now) == (f"{service}: telemetry that it brings: +logs +traces",)
    assert from_json(to_json(now)) == now
