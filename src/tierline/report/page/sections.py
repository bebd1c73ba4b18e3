"""The parts of a page that are words and tables: causes, services, issues, what to do next."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from xml.etree.ElementTree import Element

from tierline.ledger.model import Issue, IssueState
from tierline.report.issues import evidence_of, subject
from tierline.report.model import Cause, Report, ServiceReport
from tierline.report.page.element import el
from tierline.report.page.marks import anchor, of_decision, of_service
from tierline.report.words import (
    attempts,
    holds,
    members,
    overruled,
    since_start,
    standing,
    told_left_out,
    tree,
)

_WAITING = 20
"""services behind one cause that are listed; the rest is counted"""


def causes(report: Report) -> list[Element]:
    """A card for each thing that keeps services from being GO, with whom it holds."""
    return [_cause(one) for one in report.causes]


def _cause(cause: Cause) -> Element:
    name = (
        el("a", cause.service_id, href=f"#{anchor(cause.service_id)}") if cause.service_id else None
    )
    head = el("p", name, f" {cause.state}" if cause.state else None, class_="stop")
    code = el("code", cause.code) if cause.code else None
    said = el("p", f"{cause.message} ", code)
    waiting = [el("li", one.service_id) for _, one in islice(tree(cause), _WAITING)]
    more = len(cause.waiting) - len(waiting)
    if more > 0:
        waiting.append(el("li", f"and {more} more"))
    held = (el("p", holds(cause), class_="soft"), el("ul", *waiting)) if waiting else ()
    return el("div", head, said, *held, class_="card")


def follow_up(report: Report) -> list[Element]:
    """Commands that lead on, each with its purpose."""
    return [
        el(
            "div",
            el("p", el("code", one.command)),
            el("p", one.purpose, class_="soft"),
            class_="card",
        )
        for one in report.follow_up
    ]


def batches(report: Report) -> Element | None:
    """The decision of every batch."""
    rows = [
        (
            el("td", one.id, class_="number"),
            el("td", el("span", str(one.decision), class_=f"state {of_decision(one.decision)}")),
            el("td", standing(one)),
            el("td", members(one)),
        )
        for one in report.batches
    ]
    return _table(("batch", "decision", "state", "services"), rows)


def services(report: Report) -> Element | None:
    """Every service with how it stands and why, in the plan's order."""
    return _table(
        ("service", "decision", "state", "started", "verified", "attempts", "revision", "why"),
        [_service(report, one) for one in report.services],
        rows=[anchor(one.service_id) for one in report.services],
    )


def _service(report: Report, one: ServiceReport) -> tuple[Element, ...]:
    why = el("td", one.reason, " ", el("code", one.code) if one.code else None)
    return (
        el("td", one.service_id, class_="name"),
        el("td", el("span", str(one.decision), class_=f"state {of_decision(one.decision)}")),
        el("td", el("span", one.state, class_=f"state {of_service(one)}")),
        el("td", since_start(report, one.started_at), class_="number"),
        el("td", since_start(report, one.verified_at), class_="number"),
        el("td", attempts(one), class_="number"),
        el("td", el("code", one.revision[:12]) if one.revision else None),
        why,
    )


def rollback(report: Report) -> Element | None:
    """What was rolled back, and what was refused to be."""
    rows = [
        tuple(el("td", text) for text in (one.service_id, one.action, one.outcome, one.reason))
        for one in report.rollback
    ]
    return _table(("service", "action", "outcome", "why"), rows)


def issues(report: Report) -> list[Element]:
    """What stays unresolved, and what this rollout closed."""
    still = [one for one in report.issues if one.state is IssueState.OPEN]
    closed = [one for one in report.issues if one.state is IssueState.CLOSED]
    cards = [_issue(one) for one in still]
    if closed:
        names = ", ".join(f"{one.id} ({subject(one)})" for one in closed)
        cards.append(el("p", f"closed by this rollout: {names}", class_="soft"))
    return cards


def _issue(one: Issue) -> Element:
    rows = (
        ("impact", el("span", one.impact)),
        ("next", el("code", one.next_action)),
        ("evidence", el("code", evidence_of(one)) if evidence_of(one) else None),
        ("for", el("span", one.assignee) if one.assignee else None),
    )
    lines = [
        el("p", el("span", f"{name} ", class_="soft"), said)
        for name, said in rows
        if said is not None
    ]
    head = el("p", el("b", one.id), f" {subject(one)}: {one.message} ", el("code", one.code))
    return el("div", head, *lines, class_="card")


def notes(report: Report) -> list[Element]:
    """Tiers that could not be kept, and what was left out."""
    return [el("p", said) for said in _notes(report)]


def _notes(report: Report) -> Iterator[str]:
    for one in report.overruled:
        yield f"{one.service_id}: {overruled(one)}"
    for left in report.services:
        if left.state == "skipped":
            yield f"left out: {told_left_out(left)}"


def _table(
    head: tuple[str, ...], lines: list[tuple[Element, ...]], rows: list[str] | None = None
) -> Element | None:
    """A table in a box that scrolls; `rows` names its rows. None where there are none."""
    if not lines:
        return None
    names: list[str | None] = [*rows] if rows else [None] * len(lines)
    body = [el("tr", *cells, id=name) for cells, name in zip(lines, names, strict=True)]
    titles = el("tr", *(el("th", title) for title in head))
    table = el("table", el("thead", titles), el("tbody", *body))
    return el("div", table, class_="scroll", tabindex="0")
