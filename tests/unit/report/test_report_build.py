"""A report says what is so: states, decisions, blockers with chains, and whom they hold."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rollouts import ROLLOUT, SHOP, START, Story, completed, held_by_payments, plan_of, planned
from tierline.facts.decision import Decision, Severity
from tierline.ledger.history import settle
from tierline.ledger.model import IssueState
from tierline.plan.model import Blocker, Rules
from tierline.policy.model import Limits, OnTierFailure
from tierline.report.build import build_report, decision_for, with_watch
from tierline.report.model import Report, ServiceReport
from tierline.report.words import headline
from tierline.rollout.events import (
    Action,
    Command,
    Ending,
    Judged,
    ServiceDegraded,
    WatchBegan,
    WatchEnded,
)
from tierline.rollout.evolve import evolve
from tierline.rollout.state import ServiceState, State


def report_of(state: State) -> Report:
    return build_report(state.plan, state)


def service(report: Report, name: str) -> ServiceReport:
    return next(one for one in report.services if one.service_id == name)


@pytest.mark.parametrize(
    ("state", "decision"),
    [
        (ServiceState.VERIFIED, Decision.GO),
        (ServiceState.UNCHANGED, Decision.GO),
        (ServiceState.FAILED, Decision.NO_GO),
        (ServiceState.HELD, Decision.HOLD),
        (ServiceState.PENDING, Decision.HOLD),
        (ServiceState.STARTING, Decision.HOLD),
        (ServiceState.VERIFYING, Decision.HOLD),
    ],
)
def test_only_what_was_verified_is_go(state: ServiceState, decision: Decision) -> None:
    assert decision_for(state) is decision


def test_a_completed_rollout_is_go_and_lists_the_order_used() -> None:
    report = report_of(completed())
    assert report.decision is Decision.GO
    assert report.state == "completed"
    assert report.order == tuple(one.service_id for one in SHOP.services)
    assert {batch.decision for batch in report.batches} == {Decision.GO}
    assert report.blockers == report.causes == report.follow_up == ()


def test_a_failed_service_is_no_go_its_dependents_hold_and_the_rollout_holds() -> None:
    report = report_of(held_by_payments())
    assert report.decision is Decision.HOLD
    failed = service(report, "M05-Payments")
    assert (failed.decision, failed.blocked_by) == (Decision.NO_GO, ())
    assert failed.reason == "exited with code 3 after 0.2 s: no such table: ledger"
    waiting = service(report, "M20-Orders")
    assert (waiting.decision, waiting.attempts) == (Decision.HOLD, 0)
    assert [(one.kind, one.by) for one in waiting.blocked_by] == [("owner", "M02-Audit")]
    assert waiting.chain == ("M20-Orders", "M02-Audit", "M05-Payments")
    assert failed.reason in waiting.reason
    assert [one.service_id for one in report.blockers] == [
        "M05-Payments",
        "M02-Audit",
        "M20-Orders",
    ]
    assert {batch.id: batch.decision for batch in report.batches} == {
        "t0-l0": Decision.GO,
        "t1-l0": Decision.GO,
        "t1-l1": Decision.NO_GO,
        "t1-l2": Decision.HOLD,
        "t2-l0": Decision.GO,
        "t2-l3": Decision.HOLD,
    }


def test_one_cause_is_told_once_with_all_that_wait_for_it() -> None:
    (cause,) = report_of(held_by_payments()).causes
    assert (cause.service_id, cause.state, cause.code) == ("M05-Payments", "failed", "boot/exit")
    assert [one.service_id for one in cause.waiting] == ["M02-Audit", "M20-Orders"]


def test_a_tier_that_a_failure_keeps_closed_is_named_as_what_blocks() -> None:
    rules = replace(SHOP.rules, on_tier_failure=OnTierFailure.HOLD)
    story = Story(replace(SHOP, rules=rules)).fail("M80-Event-Bus", "boot/exit", "exited")
    report = report_of(story.end(Ending.HELD, "M80-Event-Bus failed"))
    blocked = service(report, "M30-Search")
    assert [(one.kind, one.by) for one in blocked.blocked_by] == [("tier", "t0")]
    assert blocked.code == "blocked/tier"
    failed, tier = report.causes
    assert (failed.service_id, failed.waiting) == ("M80-Event-Bus", ())
    assert tier.service_id is None
    assert len(tier.waiting) == 5


def test_a_used_up_budget_is_named_as_what_blocks() -> None:
    rules: Rules = replace(SHOP.rules, limits=Limits(failure_budget=1))
    story = Story(replace(SHOP, rules=rules)).fail("M80-Event-Bus", "boot/exit", "exited")
    report = report_of(story.end(Ending.HELD))
    kinds = [(one.kind, one.by) for one in service(report, "M30-Search").blocked_by]
    assert kinds == [("capacity", "failure budget")]


def test_missing_evidence_blocks_and_holds_what_waits() -> None:
    story = Story().start("M80-Event-Bus").judge("M80-Event-Bus", Judged.VERIFIED)
    story.start("M01-Accounts")
    story.judge("M01-Accounts", Judged.UNDECIDED, "errors/undecided", "12 of 400 requests")
    report = report_of(story.end(Ending.HELD))
    undecided = service(report, "M01-Accounts")
    assert (undecided.decision, undecided.code) == (Decision.HOLD, "errors/undecided")
    cause = report.causes[0]
    assert (cause.service_id, cause.message) == ("M01-Accounts", "12 of 400 requests")
    assert len(cause.waiting) == 3


def test_an_outside_owner_that_failed_is_a_blocker_though_it_is_not_planned() -> None:
    reader = replace(planned("M20-Orders", 2, 1), outside=("M05-Payments",))
    story = Story(plan_of(reader, outside={"M05-Payments": "r1"}))
    story.start("M05-Payments", Action.CHECK)
    story.judge("M05-Payments", Judged.FAILED, "boot/gone", "nothing runs")
    report = report_of(story.end(Ending.HELD))
    assert [one.service_id for one in report.services] == ["M20-Orders"]
    assert report.blockers[0] == Blocker(
        "boot/gone", "M05-Payments", "nothing runs", ("M05-Payments",)
    )
    (cause,) = report.causes
    assert (cause.state, cause.waiting[0].service_id) == ("not planned", "M20-Orders")


def test_unchanged_services_are_go_and_were_not_started() -> None:
    story = Story(unchanged=("M80-Event-Bus",)).start("M80-Event-Bus", Action.CHECK)
    report = report_of(story.judge("M80-Event-Bus", Judged.VERIFIED).state)
    unchanged = service(report, "M80-Event-Bus")
    assert (unchanged.state, unchanged.decision) == ("unchanged", Decision.GO)
    assert unchanged.started_at is None
    assert report.order == ()
    assert report.decision is Decision.HOLD


def test_a_refused_plan_shows_every_finding_and_its_own_decision() -> None:
    blockers = (
        Blocker("index/stale", None, "the index lacks M31"),
        Blocker("config/missing", "M05-Payments", "M05-Payments: no configs/default.yaml"),
        Blocker("lifecycle/listed", "M05-Payments", "M05-Payments: not listed"),
        Blocker("owners/no-go", "M02-Audit", "an owner is NO-GO", ("M02-Audit", "M05-Payments")),
    )
    plan = replace(SHOP, decision=Decision.NO_GO, blockers=blockers)
    report = build_report(plan, None)
    assert (report.state, report.decision, report.rollout_id) == ("refused", Decision.NO_GO, "")
    assert [(one.code, one.message) for one in report.causes] == [
        ("index/stale", "the index lacks M31"),
        ("config/missing", "no configs/default.yaml"),
        ("lifecycle/listed", "not listed"),
    ]
    assert [one.service_id for one in report.causes[1].waiting] == ["M02-Audit"]
    reason = service(report, "M05-Payments").reason
    assert reason == "M05-Payments: no configs/default.yaml; M05-Payments: not listed"


def test_issues_shown_are_the_open_ones_and_those_this_rollout_closed() -> None:
    state = held_by_payments()
    (issue,) = settle(state, ())
    old = replace(issue, id="I-00000001", rollout="R-0", state=IssueState.CLOSED)
    elsewhere = replace(issue, id="I-00000002", rollout="R-0")
    closed = replace(issue, id="I-00000003", state=IssueState.CLOSED)
    shown = build_report(state.plan, state, (closed, old, issue, elsewhere)).issues
    assert [one.id for one in shown] == ["I-00000002", issue.id, "I-00000003"]


def commands(state: State | None) -> list[str]:
    plan = replace(SHOP, selection="domain:core platform", environment="staging")
    if state is not None:
        plan = state.plan
    return [one.command for one in build_report(plan, state).follow_up]


def test_follow_up_names_the_way_on_for_every_ending() -> None:
    assert commands(held_by_payments()) == [
        f"tierline rollout --supersedes {ROLLOUT}",
        f"tierline rollout --without M05 --supersedes {ROLLOUT}",
        "tierline resume",
        "tierline abort",
    ]
    assert commands(Story().ask(Command.HOLD).end(Ending.HELD))[0] == "tierline resume"
    assert commands(Story().ask(Command.ABORT).end(Ending.ABORTED)) == ["tierline rollout"]
    assert commands(Story().state) == ["tierline status"]


def test_follow_up_of_a_refused_plan_quotes_the_selection() -> None:
    plan = replace(SHOP, selection="file:a b", decision=Decision.HOLD, environment="staging")
    said = [one.command for one in build_report(plan, None).follow_up]
    assert said == ["tierline check --env staging", "tierline ready 'file:a b' --env staging"]


def test_a_rollout_that_was_to_be_watched_is_go_only_with_its_watch() -> None:
    story = Story().verify(*(one.service_id for one in SHOP.services)).end(Ending.COMPLETED)
    began = evolve(story, WatchBegan("ada", 60.0, 10.0, 90.0), START + 100)
    good = evolve(began, WatchEnded(), START + 160)
    cut = evolve(began, WatchEnded("interrupted by SIGINT"), START + 130)
    report = build_report(good.plan, good)
    assert with_watch(report, good) == report
    spoiled = with_watch(build_report(cut.plan, cut), cut)
    assert (spoiled.decision, [one.command for one in spoiled.follow_up]) == (
        Decision.HOLD,
        ["tierline watch"],
    )
    assert headline(spoiled) == "all verified, and the watch was no good: interrupted by SIGINT"
    ill = evolve(
        began,
        ServiceDegraded("M05-Payments", START + 155, Severity.FAIL, "x/y", "ill"),
        START + 155,
    )
    late = evolve(ill, WatchEnded(), START + 160)
    said = headline(with_watch(build_report(late.plan, late), late))
    assert (
        said == "all verified, and the watch was no good: not every service stayed well to the end"
    )


def test_a_rehearsal_leaves_nothing_to_go_on_with() -> None:
    story = Story(replace(SHOP, target="simulated")).fail("M80-Event-Bus", "boot/exit", "exited")
    state = story.end(Ending.HELD)
    assert build_report(state.plan, state).follow_up == ()


def test_what_is_only_assumed_comes_after_what_is_broken() -> None:
    story = Story().verify("M80-Event-Bus", "M01-Accounts", "M05-Payments", "M02-Audit")
    story.verify("M20-Orders").fail("M30-Search", "boot/exit", "exited")
    state = story.end(Ending.HELD)
    shown = build_report(state.plan, state, settle(state, ())).issues
    assert [one.service_id for one in shown] == ["M30-Search", "M20-Orders"]
