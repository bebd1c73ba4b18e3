"""The contract matrix on a page: a boundary a line, a pair of revisions a cell."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from tierline.boundary.model import Fit
from tierline.boundary.table import Met, Table
from tierline.report.boundaries import COLUMNS, TITLES, bad, by_boundary, counted, sentence
from tierline.report.page.element import el

_MARK = {Fit.YES: "go", Fit.NO: "stop", Fit.UNKNOWN: "hold"}
_WORD = {Fit.YES: "fits", Fit.NO: "breaks", Fit.UNKNOWN: "unknown"}
_SENTENCES = 12
"""pairs that do not fit, each in a sentence; the table has the rest"""


def matrix(table: Table | None) -> list[Element]:
    """The counts, a sentence for each pair that does not fit, and the table."""
    if table is None or not table.pairs:
        return []
    told = f"Pairs of revisions that this release meets: {counted(table)}."
    if table.left_out:
        told += f" {table.left_out} more are not listed."
    trouble = bad(table)
    said = [el("li", sentence(one)) for one in trouble[:_SENTENCES]]
    if len(trouble) > _SENTENCES:
        said.append(el("li", f"and {len(trouble) - _SENTENCES} more"))
    listed = [el("div", el("ul", *said), class_="card")] if said else []
    return [el("p", told, class_="soft"), *listed, _table(table)]


def _table(table: Table) -> Element:
    columns = [place for place in COLUMNS if any(_place(one) == place for one in table.pairs)]
    titles = [TITLES[COLUMNS.index(place)] for place in columns]
    head = el("tr", *(el("th", title) for title in ("consumer", "provider", "contract", *titles)))
    body: list[Element] = []
    for (consumer, provider, contract), cells in by_boundary(table).items():
        names = (
            el("td", consumer, class_="name"),
            el("td", provider, class_="name"),
            el("td", el("code", contract) if contract else el("span", "no file", class_="soft")),
        )
        body.append(el("tr", *names, *(_cell(cells.get(place)) for place in columns)))
    made = el("table", el("thead", head), el("tbody", *body), class_="matrix")
    return el("div", made, class_="scroll", tabindex="0")


def _place(one: Met) -> tuple[object, object]:
    return one.consumer_is, one.provider_is


def _cell(one: Met | None) -> Element:
    """The verdict, and below it what it rests on; the whole sentence where a pointer rests."""
    if one is None:
        return el("td", el("span", "not met", class_="soft basis"))
    mark = el("span", _WORD[one.fit], class_=f"state {_MARK[one.fit]}")
    return el("td", mark, el("div", str(one.basis), class_="soft basis"), title=sentence(one))
