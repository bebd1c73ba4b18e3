"""A broken glass leaves one issue, which only rollouts in earnest close, service by service."""

from __future__ import annotations

from dataclasses import replace

from rollouts import ROLLOUT, SHOP, START, Story, completed
from tierline.ledger.emergency import BREAK_GLASS
from tierline.ledger.history import begun, settle
from tierline.ledger.model import Issue, IssueState
from tierline.report.build import build_report
from tierline.rollout.events import Ending, RolloutRequested
from tierline.rollout.evolve import begin
from tierline.rollout.state import State

REQUEST = RolloutRequested(
    SHOP.digest, "ada", break_glass="INC-42", passed=("tests/not-judged", "config/x: M01-Accounts")
)
NAMES = tuple(service.service_id for service in SHOP.services)


def broken(at: float = START) -> State:
    """SHOP, past gates, all verified."""
    story = Story(now=at)
    story.state = begin(SHOP, ROLLOUT, REQUEST, at)
    return story.verify(*NAMES).end(Ending.COMPLETED)


def ours(issues: tuple[Issue, ...]) -> list[Issue]:
    return [one for one in issues if one.code == BREAK_GLASS]


def kept(known: tuple[Issue, ...], changed: tuple[Issue, ...]) -> tuple[Issue, ...]:
    return tuple({issue.id: issue for issue in (*known, *changed)}.values())


def test_it_is_open_from_the_first_moment() -> None:
    state = begin(SHOP, ROLLOUT, REQUEST, START)
    (issue,) = begun(state, ())
    assert (issue.service_id, issue.state, issue.services) == ("", IssueState.OPEN, NAMES)
    assert issue.message == (
        "ada broke the glass: INC-42; passed: tests/not-judged; config/x: M01-Accounts"
    )
    assert issue.next_action == "mend what was passed, then: tierline rollout"
    assert begun(state, (issue,)) == ()
    assert begun(Story().state, ()) == ()


def test_its_own_success_does_not_close_it() -> None:
    known = begun(begin(SHOP, ROLLOUT, REQUEST, START), ())
    changed = settle(broken(), known)
    assert ours(changed) == []
    assert settle(broken(), kept(known, changed)) == ()


def test_an_ordinary_rollout_opens_none() -> None:
    assert ours(settle(completed(), ())) == []


def test_a_later_rollout_in_earnest_closes_it_once() -> None:
    known = settle(broken(), ())
    later = Story(now=START + 100).verify(*NAMES).end(Ending.COMPLETED)
    (closed,) = ours(settle(later, known))
    assert (closed.state, closed.services, closed.changed_at) == (
        IssueState.CLOSED, (), later.ended_at,
    )  # fmt: skip
    assert ours(settle(later, kept(known, (closed,)))) == []


def test_neither_a_held_nor_an_older_nor_another_broken_one_closes_it() -> None:
    known = settle(broken(START + 50), ())
    held = Story(now=START + 100).verify(*NAMES).end(Ending.HELD)
    older = Story(now=START).verify(*NAMES).end(Ending.COMPLETED)
    for state in (held, older, broken(START + 100)):
        assert [one.state for one in ours(settle(state, known))] in ([], [IssueState.OPEN])


def test_a_part_of_the_services_leaves_the_rest_open() -> None:
    known = settle(broken(), ())
    some = replace(SHOP, services=SHOP.services[:2])
    later = Story(plan=some, now=START + 100).verify(*NAMES[:2]).end(Ending.COMPLETED)
    (left,) = ours(settle(later, known))
    assert (left.state, left.services) == (IssueState.OPEN, NAMES[2:])
    assert left.impact == f"{len(NAMES) - 2} services still to be rolled out"
    known = kept(known, (left,))
    assert ours(settle(later, known)) == []
    rest = Story(now=START + 200).verify(*NAMES).end(Ending.COMPLETED)
    assert [one.state for one in ours(settle(rest, known))] == [IssueState.CLOSED]


def test_each_use_is_an_issue_of_its_own() -> None:
    known = settle(broken(), ())
    again = begin(SHOP, "R-20260505-2", replace(REQUEST, break_glass="INC-43"), START + 100)
    assert {one.id for one in begun(again, known)} & {one.id for one in known} == set()


def test_verified_past_gates_is_never_go() -> None:
    state = broken()
    report = build_report(SHOP, state, settle(state, ()))
    assert (str(report.decision), report.state) == ("HOLD", "completed")
    assert {str(one.decision) for one in report.services} == {"GO"}
    assert [one.command for one in report.follow_up] == ["tierline rollout"]
