"""What a rollout leaves unresolved becomes issues, one for each that decides for itself."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rollouts import ROLLOUT, SHOP, Story, completed, held_by_payments, plan_of, planned
from tierline.ledger.derive import derive
from tierline.ledger.identity import issue_id
from tierline.ledger.model import Issue, IssueState
from tierline.rollout.events import Action, Command, Ending, Judged
from tierline.rollout.state import State


def only(state: State, service_id: str) -> Issue:
    found = [issue for issue in derive(state) if issue.service_id == service_id]
    assert len(found) == 1
    return found[0]


def test_the_same_trouble_has_the_same_id_and_any_other_another() -> None:
    ids = {
        issue_id("local", "M05", "boot/exit"),
        issue_id("staging", "M05", "boot/exit"),
        issue_id("local", "M06", "boot/exit"),
        issue_id("local", "M05", "boot/health"),
    }
    assert len(ids) == 4
    assert issue_id("local", "M05", "boot/exit") in ids
    assert all(len(one) == 10 and one.startswith("I-") for one in ids)


def test_a_failed_service_is_an_issue_and_what_waits_for_it_its_impact() -> None:
    state = held_by_payments()
    issue = only(state, "M05-Payments")
    assert issue == Issue(
        id=issue_id("local", "M05-Payments", "boot/exit"),
        service_id="M05-Payments",
        code="boot/exit",
        message="exited with code 3 after 0.2 s: no such table: ledger",
        impact="tier 1; 2 services wait for it: M02, M20",
        next_action="tierline logs M05; mend it and commit, then: "
        f"tierline rollout --supersedes {ROLLOUT}",
        state=IssueState.OPEN,
        rollout=ROLLOUT,
        opened_at=state.of("M05-Payments").since,
        changed_at=state.of("M05-Payments").since,
    )
    assert [one.service_id for one in derive(state)] == ["M05-Payments"]


def test_a_failed_build_has_no_logs_to_read() -> None:
    story = Story()
    story.fail("M80-Event-Bus", "build/failed", "go build: undefined: Run")
    issue = only(story.end(Ending.HELD), "M80-Event-Bus")
    assert issue.next_action.startswith("mend it and commit, then: tierline rollout --supersedes ")
    assert issue.impact == "tier 0; no service of the rollout reads its data"


def test_missing_evidence_is_an_issue_that_a_fresh_look_may_settle() -> None:
    story = Story().start("M80-Event-Bus")
    story.judge("M80-Event-Bus", Judged.UNDECIDED, "errors/undecided", "12 of 400 requests")
    issue = only(story.end(Ending.HELD), "M80-Event-Bus")
    assert issue.code == "errors/undecided"
    assert issue.next_action == "tierline verify M80; when it is well: tierline resume"


def test_what_runs_unverified_after_an_abort_is_an_issue() -> None:
    story = Story().start("M80-Event-Bus").ask(Command.ABORT, "wrong day")
    issue = only(story.end(Ending.ABORTED), "M80-Event-Bus")
    assert issue.code == "rollout/unverified"
    assert issue.message == "was started, and the rollout ended as aborted before it was verified"
    assert issue.next_action.endswith("when it is well: tierline rollout")


def test_a_hold_that_a_person_asked_for_is_no_issue_of_what_never_started() -> None:
    story = Story().ask(Command.HOLD)
    assert derive(story.end(Ending.HELD)) == ()


def test_assumed_externals_and_warnings_of_verified_services_are_issues() -> None:
    state = completed()
    assumed = only(state, "M20-Orders")
    assert assumed.code == "owners/external"
    assert "M98-Tax" in assumed.message
    assert assumed.next_action == "ask whoever runs M98-Tax whether it is well"
    warned = Story().start("M80-Event-Bus")
    warned.judge("M80-Event-Bus", Judged.VERIFIED, "telemetry/absent", "no metrics in 10 s")
    assert only(warned.state, "M80-Event-Bus").next_action == "tierline logs M80"


def test_an_owner_outside_the_plan_is_named_with_those_who_wait() -> None:
    reader = replace(planned("M20-Orders", 2, 1), outside=("M05-Payments",))
    story = Story(plan_of(reader, outside={"M05-Payments": "r1"}))
    story.start("M05-Payments", Action.CHECK)
    story.judge("M05-Payments", Judged.FAILED, "boot/gone", "nothing runs")
    issue = only(story.end(Ending.HELD), "M05-Payments")
    assert issue.impact == "not part of the rollout; 1 service waits for it: M20"
    assert issue.next_action == "tierline verify M05; when it is well: tierline resume"


TEN = [f"M{number:02d}" for number in range(1, 11)]


@pytest.mark.parametrize(
    ("dependents", "impact"),
    [
        (1, "tier 0; 1 service waits for it: M01"),
        (3, "tier 0; 3 services wait for it: M01, M02, M03"),
        (12, f"tier 0; 12 services wait for it: {', '.join(TEN)} and 2 more"),
    ],
)
def test_impact_names_ten_and_counts_the_rest(dependents: int, impact: str) -> None:
    others = [planned(f"M{n:02d}-S", 1, 1, ("M80-Bus",)) for n in range(1, dependents + 1)]
    story = Story(plan_of(planned("M80-Bus", 0, 0), *others))
    story.fail("M80-Bus", "boot/exit", "exited")
    assert only(story.state, "M80-Bus").impact == impact


def test_commands_name_an_environment_that_is_not_the_default() -> None:
    story = Story(replace(SHOP, environment="staging"))
    story.fail("M80-Event-Bus", "boot/exit", "exited")
    assert only(story.state, "M80-Event-Bus").next_action == (
        "tierline logs M80 --env staging; mend it and commit, then: "
        f"tierline rollout --supersedes {ROLLOUT} --env staging"
    )
