"""What people do to issues and what rollouts find meet in one history, in any order of saving."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from rollouts import START, Story, held_by_payments
from tierline.ledger.acts import NOTED, Act, with_acts
from tierline.ledger.history import settle
from tierline.ledger.model import Deed, Issue, IssueState
from tierline.rollout.events import Ending
from tierline.rollout.state import State


def found() -> Issue:
    (issue,) = settle(held_by_payments(), ())
    return issue


def act(number: int, deed: Deed, at: float, text: str = "words", issue: Issue | None = None) -> Act:
    return Act(number, issue.id if issue else found().id, deed, "ada", at, text, issue)


def failed_again(at: float) -> State:
    story = Story(now=at).verify("M80-Event-Bus", "M01-Accounts")
    story.fail("M05-Payments", "boot/exit", "exited with code 4")
    return story.end(Ending.HELD)


def noted() -> Issue:
    return Issue(
        "I-0000000a", "M05-Payments", NOTED, "export fails", "tier 1", "ask", IssueState.OPEN, "",
        START, START,
    )  # fmt: skip


def test_who_takes_it_on_stays_when_a_rollout_finds_it_again() -> None:
    known = with_acts((found(),), (act(1, Deed.ASSIGNED, START + 50, "bea"),))
    (again,) = settle(failed_again(START + 100), known)
    assert (again.assignee, again.taken) == ("bea", 1)
    assert [mark.deed for mark in again.history] == [Deed.OPENED, Deed.ASSIGNED]
    assert with_acts((again,), (act(1, Deed.ASSIGNED, START + 50, "bea"),)) == (again,)


def test_an_issue_that_was_closed_by_hand_comes_back_with_its_trouble() -> None:
    known = with_acts((found(),), (act(1, Deed.CLOSED, START + 50, "looks well"),))
    assert [one.state for one in known] == [IssueState.CLOSED]
    assert settle(held_by_payments(), known) == (), "the finding is older than the closing"
    (again,) = settle(failed_again(START + 100), known)
    assert (again.state, again.reopened) == (IssueState.OPEN, 1)
    assert [(mark.deed, mark.by) for mark in again.history] == [
        (Deed.OPENED, ""),
        (Deed.CLOSED, "ada"),
        (Deed.REOPENED, ""),
    ]


def test_closing_what_was_found_again_meanwhile_closes_nothing() -> None:
    (again,) = settle(failed_again(START + 100), (found(),))
    (kept,) = with_acts((again,), (act(1, Deed.CLOSED, START + 50),))
    assert kept.state is IssueState.OPEN
    assert kept.history[-1].deed is Deed.CLOSED, "that somebody wanted to is still told"


def test_what_a_person_noted_is_closed_by_a_person_only() -> None:
    (kept,) = with_acts((), (act(1, Deed.OPENED, START, issue=noted()),))
    assert [mark.deed for mark in kept.history] == [Deed.OPENED]
    later = Story(now=START + 100).verify("M80-Event-Bus", "M01-Accounts", "M05-Payments")
    assert [one for one in settle(later.state, (kept,)) if one.id == kept.id] == []
    closing = replace(act(2, Deed.CLOSED, START + 200), issue_id=kept.id)
    assert with_acts((kept,), (closing,))[0].state is IssueState.CLOSED


def test_noting_the_same_again_re_opens_it_once() -> None:
    acts = [
        act(1, Deed.OPENED, START, issue=noted()),
        act(2, Deed.OPENED, START + 1, issue=noted()),
        replace(act(3, Deed.CLOSED, START + 2), issue_id=noted().id),
        act(4, Deed.REOPENED, START + 3, issue=noted()),
    ]
    (kept,) = with_acts((), acts)
    assert (kept.state, kept.reopened, len(kept.history)) == (IssueState.OPEN, 1, 3)


def test_an_act_on_an_issue_that_is_not_there_changes_nothing() -> None:
    assert with_acts((), (act(1, Deed.CLOSED, START),)) == ()


DEEDS = st.lists(st.tuples(st.sampled_from(Deed), st.floats(0, 100)), max_size=8)


@given(DEEDS, st.integers(0, 8))
def test_a_rollout_that_saves_in_between_loses_no_act(
    deeds: list[tuple[Deed, float]], saved: int
) -> None:
    """Joined at once or in two steps, as when a conductor saves what it read: the same."""
    acts = [act(n + 1, deed, START + at) for n, (deed, at) in enumerate(deeds)]
    first = with_acts((found(),), acts[:saved])
    assert with_acts(first, acts) == with_acts((found(),), acts)


def test_ten_rollouts_with_the_same_and_with_other_causes_keep_two_issues() -> None:
    known: tuple[Issue, ...] = ()
    for number in range(10):
        story = Story(now=START + 100 * number).verify("M80-Event-Bus", "M01-Accounts")
        if number % 3 == 2:
            story.verify("M05-Payments")
        else:
            story.fail("M05-Payments", ("boot/exit", "health/failed")[number % 3], "it broke")
        changed = settle(story.end(Ending.HELD), known)
        known = tuple({one.id: one for one in (*known, *changed)}.values())
    assert sorted((one.code, one.state, one.reopened) for one in known) == [
        ("boot/exit", IssueState.OPEN, 3),
        ("health/failed", IssueState.CLOSED, 2),
    ]
