"""What people do to issues, and what comes of it; knows no store and no clock.

A rollout saves issues whole, people only append acts. Whoever reads joins both, so that neither ever
overwrites the other: an issue says with `taken` which acts it holds already.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from tierline.facts.instant import Instant
from tierline.frozen import frozen
from tierline.ledger.model import Deed, Issue, IssueState, Mark

NOTED = "ledger/noted"
"""the code of an issue that a person added: nothing but a person closes it"""
_MARKS = 100
"""lines of a history that are kept, the newest"""


@frozen
class Act:
    """`text`: the assignee, or why it was closed. `issue`: what is added, of nothing else.

    `act_id` grows with every act of the environment; 0 until it is kept.
    """

    act_id: int
    issue_id: str
    deed: Deed
    by: str
    at: Instant
    text: str
    issue: Issue | None = None


def with_acts(issues: Iterable[Issue], acts: Iterable[Act]) -> tuple[Issue, ...]:
    """The issues with what people did to them since they were saved, by opening, then id.

    `acts` come in the order of their ids. Acts on issues that are not there change nothing.
    """
    found = {issue.id: issue for issue in issues}
    for act in acts:
        before = found.get(act.issue_id)
        if before is None and act.issue is not None:
            found[act.issue_id] = _added(act, act.issue)
        elif before is not None and act.act_id > before.taken:
            found[act.issue_id] = replace(_acted(before, act), taken=act.act_id)
    return tuple(sorted(found.values(), key=lambda issue: (issue.opened_at, issue.id)))


def marked(issue: Issue, at: Instant, deed: Deed, text: str, by: str = "") -> Issue:
    """The issue with one more line of history; `by` "" stands for its rollout."""
    rollout = "" if by else issue.rollout
    return replace(issue, history=(*issue.history, Mark(at, deed, by, rollout, text))[-_MARKS:])


def _added(act: Act, issue: Issue) -> Issue:
    return replace(marked(issue, act.at, Deed.OPENED, issue.message, act.by), taken=act.act_id)


def _acted(before: Issue, act: Act) -> Issue:
    match act.deed:
        case Deed.ASSIGNED:
            return marked(replace(before, assignee=act.text), act.at, act.deed, act.text, act.by)
        case Deed.CLOSED:
            return _closed(before, act)
        case Deed.OPENED | Deed.REOPENED:
            return _again(before, act)


def _closed(before: Issue, act: Act) -> Issue:
    """Closed, unless a rollout has found the trouble again since."""
    said = marked(before, act.at, act.deed, act.text, act.by)
    if before.state is IssueState.CLOSED or before.changed_at > act.at:
        return said
    return replace(said, state=IssueState.CLOSED, changed_at=act.at)


def _again(before: Issue, act: Act) -> Issue:
    if before.state is IssueState.OPEN:
        return before
    again = replace(before, state=IssueState.OPEN, changed_at=act.at, reopened=before.reopened + 1)
    return marked(again, act.at, Deed.REOPENED, act.text, act.by)
