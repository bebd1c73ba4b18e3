"""Puts the page of a report together; the same report gives the same bytes."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree.ElementTree import Element

from tierline.report.asked import unasked
from tierline.report.model import Report
from tierline.report.page import sections
from tierline.report.page.element import el, to_html
from tierline.report.page.marks import of_decision
from tierline.report.page.matrix import matrix
from tierline.report.page.style import STYLE
from tierline.report.page.tiers import tiers
from tierline.report.page.timeline import timeline
from tierline.report.times import day_and_time
from tierline.report.words import about, headline, status

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
"""what a browser may load and run for the page: nothing but its own style"""


def to_page(report: Report) -> str:
    """The whole report as one HTML file without scripts and without anything from elsewhere."""
    head = el(
        "head",
        el("meta", charset="utf-8"),
        el("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el("title", f"{report.decision}: {about(report)}"),
        _style(),
    )
    parts = [part for part in _parts(report) if part[2]]
    links = (el("a", title, href=f"#{name}") for name, title, _ in parts)
    body = [el("section", el("h2", title), *inside, id=name) for name, title, inside in parts]
    main = el("main", *_head(report), el("nav", *links), *body)
    return to_html(el("html", head, el("body", main), lang="en"))


def _style() -> Element:
    made = Element("style")
    made.text = STYLE
    return made


def _head(report: Report) -> list[Element]:
    badge = el("span", str(report.decision), class_=f"decision {of_decision(report.decision)}")
    lines = [about(report), status(report), f"plan {report.plan_digest[:12]}"]
    if report.requested_at is not None:
        lines.append(f"began {day_and_time(report.requested_at)}")
    said = [el("p", line, class_="soft") for line in lines if line]
    if told := unasked(report.evidence):
        said.append(el("p", told, class_="stop"))
    said += [
        el("p", f"approved by {one.approver} on {day_and_time(one.at)}")
        for one in report.approved_by
    ]
    glass = report.break_glass
    if glass is not None:
        passed = el("ul", *(el("li", one) for one in glass.passed))
        told = el("p", el("b", "BREAK-GLASS"), f" by {glass.by}: {glass.reason}", class_="stop")
        said.append(el("div", told, passed, class_="card"))
    return [el("header", badge, el("h1", headline(report)), *said)]


def _parts(report: Report) -> list[tuple[str, str, Sequence[Element]]]:
    """(name, title, what is in it): every part of the page, also those that are empty."""
    return [
        ("blockers", "Blockers", sections.causes(report)),
        ("next", "Go on with", sections.follow_up(report)),
        ("tiers", "The mesh by tiers", [tiers(report)] if report.services else []),
        ("timeline", "Timeline", _one(timeline(report))),
        ("contracts", "Contracts across revisions", matrix(report.boundaries)),
        ("batches", "Batches", _one(sections.batches(report))),
        ("services", "Services", _one(sections.services(report))),
        ("rollback", "Rolled back", _one(sections.rollback(report))),
        ("issues", "Unresolved, with what to do next", sections.issues(report)),
        ("notes", "Worth knowing", sections.notes(report)),
    ]


def _one(part: Element | None) -> list[Element]:
    return [] if part is None else [part]
