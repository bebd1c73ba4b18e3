"""One service's context as rows that people read: what about, what is so, and where it is written.

Texts are foreign and not yet made harmless: who prints them does that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from tierline.context.model import Dependency, Neighbour, Order, Promise, Sheet, Where
from tierline.frozen import frozen
from tierline.mesh.defect import Place
from tierline.report.context_deployed import deployed_rows
from tierline.report.context_overview import as_text
from tierline.report.context_row import Row, joined

UNKNOWN = "unknown"


@frozen
class Naming:
    """How services are called in short, and the folder that places are told from."""

    short: Mapping[str, str]
    label: str

    def of(self, service_id: str) -> str:
        """A service's short name."""
        return self.short.get(service_id, service_id)


def rows_of(sheet: Sheet, naming: Naming) -> list[Row]:
    """Everything about a service but its inputs and findings; of one label together."""
    rows = [
        *_order(sheet, naming),
        *_neighbours(sheet, naming),
        *_lifecycle(sheet),
        *_local(sheet),
        *_configuration(sheet, naming),
        *deployed_rows(sheet),
        *_migrations(sheet),
        *_promises("provides", sheet.provides, naming),
        *_promises("consumes", sheet.consumes, naming),
    ]
    first = {row.label: number for number, row in reversed(list(enumerate(rows)))}
    return sorted(rows, key=lambda row: first[row.label])


def _order(sheet: Sheet, naming: Naming) -> Iterator[Row]:
    order = sheet.order
    text = f"tier {order.tier}, no level: on a cycle of owners or behind one"
    if order.level is not None:
        moved = f", starts in tier {order.effective_tier} because of {naming.of(order.raised_by)}"
        later = moved if order.raised_by else ""
        text = f"batch {order.batch}: tier {order.tier}{later}, level {order.level}"
    yield Row("order", f"{text}; {_stated(order)}", _places(order.stated_at))


def _stated(order: Order) -> str:
    level, tier = order.stated_level, order.stated_tier
    if level is None and tier is None:
        return "the load order document does not name it"
    if (level, tier) == (order.level, order.tier):
        return "the load order document agrees"
    shown = ", ".join(
        f"{what} {n}" for what, n in (("tier", tier), ("level", level)) if n is not None
    )
    return f"the load order document says {shown}"


def _neighbours(sheet: Sheet, naming: Naming) -> Iterator[Row]:
    for label, found in (("owners", sheet.owners), ("dependents", sheet.dependents)):
        if not found:
            yield Row(label, "none")
        for where, words in (
            (Where.RELEASE, "in this release"),
            (Where.MESH, "not in this release"),
            (Where.EXTERNAL, "outside the mesh"),
        ):
            some = [one for one in found if one.where is where]
            if some:
                named = joined(_neighbour(one, naming) for one in some)
                yield Row(label, f"{words}: {named}", _places(*(one.place for one in some)))


def _neighbour(one: Neighbour, naming: Naming) -> str:
    name = one.service_id if one.where is Where.EXTERNAL else naming.of(one.service_id)
    return f"{name} ({one.batch})" if one.batch else name


def _lifecycle(sheet: Sheet) -> Iterator[Row]:
    own = sheet.lifecycle
    told = {None: "the list cannot be read", True: "listed", False: "not listed"}[own.listed]
    yield Row("life cycle", f"{own.state} ({told})", _places(own.place))
    if own.next_state:
        takes = as_text(own.next_takes) or "the document does not say what"
        place = own.next_takes[0].place if own.next_takes else None
        yield Row("life cycle", f"{own.next_state} takes: {takes}", _places(place))


def _local(sheet: Sheet) -> Iterator[Row]:
    shown = joined(f"{one.name} ({one.language}, {one.entry})" for one in sheet.local.programs)
    yield Row("runs", shown or f"{UNKNOWN}: no workload was found")
    if not sheet.local.commands:
        why = "has no command for it" if sheet.local.guided else "is not there, or cannot be read"
        yield Row("locally", f"{UNKNOWN}: the local guide {why}")
    for one in sheet.local.commands:
        text = f"{one.text} ({one.about})" if one.about else one.text
        yield Row("locally", text, _places(one.place))
    for said in sheet.local.said:
        yield Row("locally", said.text, _places(said.place))


def _configuration(sheet: Sheet, naming: Naming) -> Iterator[Row]:
    for one in sheet.ports:
        number = "decided by a variable" if one.number is None else str(one.number)
        by = "" if one.source == "configuration" else f" by {one.source}"
        yield Row("ports", f"{one.name} {number}{by}", _places(one.place))
    if not sheet.ports:
        yield Row("ports", f"{UNKNOWN}: the configuration names none")
    for one in sheet.dependencies:
        yield Row("addresses", _dependency(one, naming, sheet.path), _places(one.place))
    if not sheet.dependencies:
        yield Row("addresses", "none configured")
    systems = joined(sheet.infrastructure)
    yield Row("systems", f"{systems} must be there" if systems else "none that tierline knows")
    telemetry = sheet.telemetry
    yield Row(
        "telemetry",
        _dependency(telemetry, naming, sheet.path)
        if telemetry
        else f"{UNKNOWN}: no observability.otlp_endpoint",
        _places(telemetry.place if telemetry else None),
    )


def _dependency(one: Dependency, naming: Naming, folder: str) -> str:
    means = {"unknown": "nobody known", "infrastructure": one.means}.get(
        one.kind, f"{one.kind} {naming.of(one.means)}"
    )
    parts = [f"{one.key}: {means}"]
    parts += [f"at {one.shown}"] if one.shown else ["without a value"]
    for variable in one.variables:
        by = _within(variable.defined_by, folder) or (
            "its own default" if variable.has_default else "nothing"
        )
        parts.append(f"{variable.name} defined by {by}")
    if one.set_by:
        parts.append(f"set by {_within(one.set_by, folder)}")
    return ", ".join(parts)


def _within(places: Iterable[str], folder: str) -> str:
    return joined(place.removeprefix(f"{folder}/") for place in places)


def _migrations(sheet: Sheet) -> Iterator[Row]:
    if not sheet.migrations:
        yield Row("migrations", "none")
    for one in sheet.migrations:
        first, last = one.steps[0], one.steps[-1]
        text = f"{one.folder}: {len(one.steps)}, {first.number} to {last.number}; newest {last.number} {last.name}"  # fmt: skip
        twice = f"; twice: {joined(one.twice)}" if one.twice else ""
        gaps = f"; missing: {joined(str(number) for number in one.missing)}" if one.missing else ""
        yield Row("migrations", text + twice + gaps, (last.files[0],))


def _promises(label: str, promises: Iterable[Promise], naming: Naming) -> Iterator[Row]:
    found = False
    for one in promises:
        found = True
        yield Row(label, _promise(one, label, naming), _places(one.place))
    if not found:
        yield Row(label, "no contract")


def _promise(one: Promise, label: str, naming: Naming) -> str:
    parties = joined(naming.of(name) for name in one.parties)
    version = one.version if one.path else "without a contract file"
    name = f"{one.kind} {one.name} {version or 'without a version'}"
    if label == "provides":
        return f"{name}; for {parties}" if parties else f"{name}; for nobody in the mesh"
    by = f" through {one.through}" if one.through not in {"", "edge"} else ""
    return f"{name}; from {parties}{by}" if parties else f"{name}; from nobody in the mesh"


def _places(*places: Place | None) -> tuple[Place, ...]:
    return tuple(place for place in places if place is not None)
