"""Issues re-open rather than double, and close on a newer judgement only."""

from __future__ import annotations

from dataclasses import replace

from rollouts import START, Story, completed, held_by_payments
from tierline.ledger.derive import derive
from tierline.ledger.history import opened, settle
from tierline.ledger.model import Deed, Issue, IssueState
from tierline.rollout.events import Command, Ending


def kept(known: tuple[Issue, ...], changed: tuple[Issue, ...]) -> tuple[Issue, ...]:
    """What a store holds after saving."""
    return tuple({issue.id: issue for issue in (*known, *changed)}.values())


def test_new_trouble_is_opened_once() -> None:
    state = held_by_payments()
    first = settle(state, ())
    assert [replace(one, history=()) for one in first] == list(derive(state))
    assert [mark.deed for one in first for mark in one.history] == [Deed.OPENED]
    assert settle(state, first) == ()


def test_a_newer_judgement_closes_and_the_same_trouble_re_opens() -> None:
    known = settle(held_by_payments(), ())
    later = Story(now=START + 100).verify("M80-Event-Bus", "M01-Accounts", "M05-Payments")
    known = kept(known, settle(later.state, known))
    assert [issue.state for issue in known] == [IssueState.CLOSED]
    again = Story(now=START + 200).verify("M80-Event-Bus", "M01-Accounts")
    again.fail("M05-Payments", "boot/exit", "exited with code 4")
    known = kept(known, settle(again.end(Ending.HELD), known))
    assert len(known) == 1
    assert (known[0].state, known[0].reopened) == (IssueState.OPEN, 1)
    assert known[0].message == "exited with code 4"
    assert known[0].opened_at < START + 100


def test_trouble_that_goes_on_keeps_its_issue_open() -> None:
    known = settle(held_by_payments(), ())
    again = Story(now=START + 100).verify("M80-Event-Bus", "M01-Accounts")
    again.fail("M05-Payments", "boot/exit", "exited with code 3")
    (renewed,) = settle(again.state, known)
    assert (renewed.id, renewed.reopened) == (known[0].id, 0)
    assert renewed.changed_at > known[0].changed_at
    assert renewed.opened_at == known[0].opened_at


def test_an_older_judgement_closes_nothing() -> None:
    (issue,) = settle(held_by_payments(), ())
    newer = replace(issue, changed_at=START + 1000)
    assert [one.id for one in settle(completed(), (newer,)) if one.id == issue.id] == []


def test_an_older_finding_does_not_re_open() -> None:
    state = held_by_payments()
    (issue,) = settle(state, ())
    mended = replace(issue, state=IssueState.CLOSED, changed_at=START + 1000)
    assert settle(state, (mended,)) == ()


def test_a_service_that_was_not_looked_at_keeps_its_issue() -> None:
    known = settle(held_by_payments(), ())
    elsewhere = Story(now=START + 100).verify("M80-Event-Bus").ask(Command.ABORT)
    assert settle(elsewhere.end(Ending.ABORTED), known) == ()


def test_open_issues_come_oldest_first() -> None:
    (issue,) = settle(held_by_payments(), ())
    older = replace(issue, id="I-00000001", opened_at=START - 5)
    closed = replace(issue, id="I-00000002", state=IssueState.CLOSED)
    assert opened((issue, closed, older)) == (older, issue)
