"""The ledger over any histories of rollouts: nothing doubles, nothing is lost, nothing flaps."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rollouts import SHOP, START, Story
from tierline.ledger.derive import derive
from tierline.ledger.history import settle
from tierline.ledger.model import Issue, IssueState
from tierline.report.build import build_report
from tierline.report.document import to_json
from tierline.report.markdown import to_markdown
from tierline.report.text import to_text
from tierline.rollout.events import Ending
from tierline.rollout.state import PASSED, ServiceState, State

NAMES = tuple(one.service_id for one in SHOP.services)
CODES = ("boot/exit", "health/never")
FATES = st.dictionaries(st.sampled_from(NAMES), st.sampled_from(CODES))
HISTORIES = st.lists(FATES, min_size=1, max_size=5)


def rollout(fates: dict[str, str], at: float) -> State:
    """A rollout in which the services of `fates` fail by a code, and all others work if they may."""
    story = Story(now=at)
    for name in NAMES:
        if story.state.of(name).state is not ServiceState.PENDING:
            continue
        if name in fates:
            story.fail(name, fates[name], f"{name} failed")
        else:
            story.verify(name)
    passed = all(story.state.of(name).state in PASSED for name in NAMES)
    return story.end(Ending.COMPLETED if passed else Ending.HELD, "")


def kept(histories: list[dict[str, str]]) -> tuple[dict[str, Issue], State]:
    """What a store holds after these rollouts, one after the other, and the last of them."""
    store: dict[str, Issue] = {}
    state = rollout(histories[0], START)
    for number, fates in enumerate(histories):
        state = rollout(fates, START + 1000 * number)
        store.update({issue.id: issue for issue in settle(state, store.values())})
    return store, state


@given(HISTORIES)
def test_settling_again_changes_nothing(histories: list[dict[str, str]]) -> None:
    store, state = kept(histories)
    assert settle(state, store.values()) == ()


@given(HISTORIES)
def test_the_same_trouble_is_one_issue(histories: list[dict[str, str]]) -> None:
    store, _ = kept(histories)
    troubles = [(issue.service_id, issue.code) for issue in store.values()]
    assert len(troubles) == len(set(troubles))


@given(HISTORIES)
def test_all_that_the_last_rollout_left_is_open(histories: list[dict[str, str]]) -> None:
    store, state = kept(histories)
    for issue in derive(state):
        assert store[issue.id].state is IssueState.OPEN
        assert store[issue.id].message == issue.message


@given(HISTORIES)
def test_a_service_found_well_has_no_open_failure(histories: list[dict[str, str]]) -> None:
    store, state = kept(histories)
    well = {name for name in NAMES if state.of(name).state in PASSED}
    wrong = [
        issue
        for issue in store.values()
        if issue.service_id in well and issue.code in CODES and issue.state is IssueState.OPEN
    ]
    assert wrong == []


@given(HISTORIES)
def test_a_report_accounts_for_every_service(histories: list[dict[str, str]]) -> None:
    """Each service that is not GO is told once, as a cause or as waiting for one."""
    store, state = kept(histories)
    report = build_report(state.plan, state, store.values())
    told = [cause.service_id for cause in report.causes] + [
        one.service_id for cause in report.causes for one in cause.waiting
    ]
    stopped = {name for name in NAMES if state.of(name).state not in PASSED}
    assert sorted(name for name in told if name is not None) == sorted(stopped)
    for rendered in (to_text(report), to_markdown(report), to_json(report)):
        assert all(name in rendered for name in stopped)
