"""A rollout of what was ready only: nobody reads it as GO for everything that was selected."""

from __future__ import annotations

import json
from dataclasses import replace

from rollouts import SHOP, START, Story
from tierline.facts.decision import Decision
from tierline.ledger.history import settle
from tierline.ledger.model import IssueState
from tierline.plan.model import LeftOut
from tierline.report.build import build_report
from tierline.report.document import to_json
from tierline.report.markdown import to_markdown
from tierline.report.text import to_text
from tierline.rollout.events import Ending
from tierline.rollout.state import State

CODE = "structure/missing-file"
LEFT = (
    LeftOut(
        "M07-Taxes", Decision.NO_GO, CODE, "M07-Taxes: no Makefile", ("M07-Taxes",), "t1-l1", 1
    ),
    LeftOut(
        "M08-Refunds",
        Decision.HOLD,
        "readiness/owner-not-ready",
        "its owner M07-Taxes is NO-GO",
        ("M08-Refunds", "M07-Taxes"),
        "t2-l2",
        2,
    ),
)
PLAN = replace(SHOP, ready_only=True, left_out=LEFT)
NAMES = [service.service_id for service in SHOP.services]


def completed() -> State:
    return Story(PLAN).verify(*NAMES).end(Ending.COMPLETED)


def test_the_headline_says_of_how_many() -> None:
    text = to_text(build_report(PLAN, completed()))
    assert text.startswith(
        "GO  for 6 of 8 services, all verified; 2 left out as not ready: M07-Taxes,\n    M08-Refunds\n"
    )
    assert (
        "Left out\n"
        "  M07-Taxes: NO-GO, no Makefile [structure/missing-file]\n"
        "  M08-Refunds: HOLD, depends on M07-Taxes\n"
    ) in text
    assert "6 verified, 2 skipped" in text
    assert "why the rest is not ready" in text


def test_what_is_left_out_on_request_is_told_and_can_be_asked_for() -> None:
    asked = replace(
        LEFT[0], decision=Decision.HOLD, code="plan/without", message="left out on request"
    )
    plan = replace(SHOP, left_out=(asked, LEFT[1]))
    state = Story(plan).verify(*NAMES).end(Ending.COMPLETED)
    text = to_text(build_report(plan, state))
    assert text.startswith(
        "GO  for 6 of 8 services, all verified; 2 left out: M07-Taxes, M08-Refunds"
    )
    assert "  M07-Taxes: HOLD, left out on request [plan/without]\n" in text
    (issue,) = (one for one in settle(state, ()) if one.code == "plan/without")
    assert issue.next_action == "when it is to ship: tierline rollout M07+"


def test_markdown_says_the_same() -> None:
    text = to_markdown(build_report(PLAN, completed()))
    assert text.startswith("# GO: for 6 of 8 services, all verified; 2 left out as not ready")
    assert "- M07-Taxes: NO-GO, no Makefile" in text


def test_the_document_has_them_as_skipped() -> None:
    found = json.loads(to_json(build_report(PLAN, completed())))
    skipped = [one for one in found["services"] if one["state"] == "skipped"]
    assert [(s["service_id"], s["decision"], s["code"], s["chain"]) for s in skipped] == [
        ("M07-Taxes", "NO-GO", CODE, ["M07-Taxes"]),
        ("M08-Refunds", "HOLD", "readiness/owner-not-ready", ["M08-Refunds", "M07-Taxes"]),
    ]
    assert found["decision"] == "GO"
    assert found["blockers"] == []


def test_a_failure_is_told_beside_what_was_left_out() -> None:
    story = Story(PLAN).verify("M80-Event-Bus").fail("M01-Accounts", "boot/exit", "died")
    report = build_report(PLAN, story.end(Ending.HELD, "M01-Accounts failed"))
    text = " ".join(to_text(report, 200).split())
    assert text.startswith("HOLD M01-Accounts failed; 1 of 6 services is verified; 2 left out as")
    assert [one.service_id for one in report.blockers] == [
        "M01-Accounts",
        "M05-Payments",
        "M02-Audit",
        "M20-Orders",
        "M30-Search",
    ]


def test_whoever_decides_is_an_issue_until_it_is_released() -> None:
    opened = settle(completed(), ())
    (issue,) = (one for one in opened if one.code == CODE)
    assert (issue.service_id, issue.message) == ("M07-Taxes", "M07-Taxes: no Makefile")
    assert issue.impact == "tier 1; left out of the release, with its dependents M08"
    assert issue.next_action == (
        "tierline ready M07; mend it and commit, then: tierline rollout M07+"
    )
    taxes = replace(SHOP.services[0], service_id="M07-Taxes")
    later = replace(SHOP, services=(taxes,), batches=())
    state = Story(later, now=START + 60).verify("M07-Taxes").end(Ending.COMPLETED)
    closed = [one for one in settle(state, opened) if one.code == CODE]
    assert [one.state for one in closed] == [IssueState.CLOSED]
