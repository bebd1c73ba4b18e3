"""When each service was started and verified, as bars on one axis of time."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from tierline.facts.instant import Instant
from tierline.report.model import Report, ServiceReport
from tierline.report.page.element import el
from tierline.report.page.marks import anchor, of_service
from tierline.report.times import span
from tierline.report.words import in_order, since_start

_MARKS = 4
"""parts of the axis"""


def timeline(report: Report) -> Element | None:
    """A bar a service that was started, in the order used. None where nothing began.

    A bar that ends at the right edge was not verified.
    """
    started = [one for one in in_order(report) if one.started_at is not None]
    begin = report.requested_at
    if begin is None or not started:
        return None
    end = report.ended_at or max(_last(one) for one in started)
    seconds = max(end - begin, 0.001)
    rows = (_row(report, one, begin, seconds) for one in started)
    return el("div", _axis(seconds), *rows, class_="scroll")


def _last(one: ServiceReport) -> Instant:
    return one.verified_at or one.started_at or 0.0


def _row(report: Report, one: ServiceReport, begin: Instant, seconds: float) -> Element:
    started = one.started_at or begin
    left = 100 * (started - begin) / seconds
    ended = one.verified_at if one.verified_at is not None else begin + seconds
    wide = max(0.0, min(100 - left, 100 * (ended - started) / seconds))
    bar = el(
        "span",
        class_=f"bar {of_service(one)}",
        style=f"left:{left:.3f}%;width:{wide:.3f}%",
        title="; ".join(_told(report, one)),
    )
    name = el("a", one.service_id, href=f"#{anchor(one.service_id)}")
    return el("div", el("span", name), el("div", bar, class_="track"), class_="time")


def _told(report: Report, one: ServiceReport) -> Iterator[str]:
    yield f"{one.service_id}: {one.state}"
    yield f"started {since_start(report, one.started_at)}"
    if one.verified_at is not None:
        yield f"verified {since_start(report, one.verified_at)}"


def _axis(seconds: float) -> Element:
    marks = (
        el("span", span(seconds * part / _MARKS), style=f"left:{100 * part / _MARKS:g}%")
        for part in range(_MARKS + 1)
    )
    return el("div", el("span"), el("div", *marks, class_="track"), class_="time axis")
