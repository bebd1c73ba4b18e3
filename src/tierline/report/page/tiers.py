"""The mesh of a report by tiers: every service where it starts, and how it stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from xml.etree.ElementTree import Element

from tierline.report.model import Report, ServiceReport
from tierline.report.names import short_names
from tierline.report.page.element import el
from tierline.report.page.marks import anchor, of_service
from tierline.report.words import counts

_WHOLE_NAMES = 60
"""services up to which each is named in full"""


def tiers(report: Report) -> Element:
    """A row a tier, the first to start on top."""
    found: dict[int, list[ServiceReport]] = {}
    for one in report.services:
        found.setdefault(one.effective_tier, []).append(one)
    named = {one.service_id: one.service_id for one in report.services}
    short = named if len(named) <= _WHOLE_NAMES else short_names(named)
    rows = [_tier(tier, found[tier], short) for tier in sorted(found)]
    return el("div", *rows, class_="scroll")


def _tier(tier: int, members: list[ServiceReport], short: Mapping[str, str]) -> Element:
    head = el("div", el("b", f"tier {tier}"), el("span", counts(tuple(members)), class_="soft"))
    return el("div", head, el("div", *_chips(members, short), class_="chips"), class_="tier")


def _chips(members: Iterable[ServiceReport], short: Mapping[str, str]) -> Iterable[Element]:
    for one in members:
        yield el(
            "a",
            short[one.service_id],
            class_=f"chip {of_service(one)}",
            href=f"#{anchor(one.service_id)}",
            title=f"{one.service_id}: {one.state}",
        )
