"""What revisions do with data, and which of them data keeps from going back.

Data only moves forward: formats that may exist and migrations that are applied stay. So an old
revision may come back only if it can live with all of that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field

from tierline.boundary.model import Fit
from tierline.frozen import frozen
from tierline.rollback.codes import DATA_UNKNOWN, DESTRUCTIVE_MIGRATION, NEW_FORMAT, OWNER_WROTE
from tierline.rollback.model import Edge, Pin


@frozen
class Harm:
    """A migration that an older revision may not survive: `code` says whether that is known."""

    epoch: int
    code: str
    why: str


@frozen
class DataUse:
    """What one revision of a service does with data.

    `epoch` is its newest migration, 0 for none; `accepts` the lowest and highest epoch that it says
    it works with, empty where it does not say; formats are written `store=format`; `owns` are stores
    whose owner it says it is. `harms` are those of its migrations that older revisions have to fear.
    `unclear` says why its own words on data could not be understood, "" where they could.
    """

    epoch: int = 0
    accepts: tuple[int, ...] = ()
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    owns: tuple[str, ...] = ()
    harms: tuple[Harm, ...] = ()
    unclear: str = ""


@frozen
class DataFacts:
    """Of the services of a rollout: what their old and new revisions do with data.

    Whose old revision is absent has no entry in `old`: what does not run reads nothing. `formats`
    and `epochs` (service -> newest migration applied) are what there may be before the first start.
    `owners` maps stores to who owned them then, also where that one is not started, or not yet.
    """

    old: Mapping[str, DataUse]
    new: Mapping[str, DataUse]
    formats: Sequence[str] = ()
    epochs: Mapping[str, int] | None = None
    owners: Mapping[str, str] = field(default_factory=dict[str, str])


def data_pins(order: Sequence[str], facts: DataFacts) -> dict[str, tuple[Pin, ...]]:
    """Service -> why its old revision cannot come back; `order` is that of the starts."""
    found: dict[str, list[Pin]] = {}
    line = {name: step for step, name in enumerate(order, start=1)}
    written = _written(line, facts)
    for name, step in line.items():
        old = facts.old.get(name)
        if old is None:
            continue
        pins = [
            *_unclear(name, step, facts),
            *_migrated(name, step, old, facts),
            *_unreadable(name, old, written),
        ]
        if pins:
            found[name] = pins
    for name, taken in _taken_over(line, facts):
        why = f"{name} took over {taken} and may have written to it"
        found.setdefault(name, []).append(Pin(OWNER_WROTE, why, line[name]))
    return {name: tuple(pins) for name, pins in found.items()}


def ownership_ties(order: Sequence[str], facts: DataFacts) -> tuple[Edge, ...]:
    """A store that changes hands ties both: two owners, or none, is never right."""
    line = {name: step for step, name in enumerate(order, start=1)}
    ties: list[Edge] = []
    for name, store in _taken_over(line, facts):
        for other in line:
            old = facts.old.get(other)
            if other != name and old is not None and store in old.owns:
                why = f"{store} belongs to {name} now, and belonged to {other}"
                tie = Edge(name, other, f"ownership of {store}", Fit.NO, Fit.NO, why, why)
                ties.append(tie)
    return tuple(ties)


def _written(line: Mapping[str, int], facts: DataFacts) -> dict[str, dict[str, tuple[int, str]]]:
    """Store -> format -> (the start from which on it may exist, who writes it)."""
    found: dict[str, dict[str, tuple[int, str]]] = {}
    for text in facts.formats:
        store, _, form = text.partition("=")
        found.setdefault(store, {})[form] = (0, "an earlier revision")
    for name, step in line.items():
        for text in facts.new.get(name, DataUse()).writes:
            store, _, form = text.partition("=")
            found.setdefault(store, {}).setdefault(form, (step, name))
    return found


def _unclear(name: str, step: int, facts: DataFacts) -> Iterable[Pin]:
    """Nobody knows what a revision does to data whose own words cannot be understood."""
    new = facts.new.get(name, DataUse())
    if new.unclear:
        yield Pin(DATA_UNKNOWN, f"{name}: {new.unclear}", step)


def _unreadable(
    name: str, old: DataUse, written: Mapping[str, Mapping[str, tuple[int, str]]]
) -> Iterable[Pin]:
    reads: dict[str, set[str]] = {}
    for text in (*old.reads, *old.writes):
        store, _, form = text.partition("=")
        reads.setdefault(store, set()).add(form)
    for store, forms in reads.items():
        for form, (step, writer) in written.get(store, {}).items():
            if form not in forms:
                why = f"{writer} wrote {store} in format {form}, which the old {name} cannot read"
                yield Pin(NEW_FORMAT, why, step)


def _migrated(name: str, step: int, old: DataUse, facts: DataFacts) -> Iterable[Pin]:
    new = facts.new.get(name, DataUse())
    before = (facts.epochs or {}).get(name, 0)
    epoch, after = (before, 0) if before > new.epoch else (new.epoch, step)
    if epoch <= old.epoch:
        return
    if old.accepts:
        if not old.accepts[0] <= epoch <= old.accepts[-1]:
            span = f"epochs {old.accepts[0]} to {old.accepts[-1]}"
            why = f"{name} is migrated to epoch {epoch}, and the old one works with {span}"
            yield Pin(DESTRUCTIVE_MIGRATION, why, after)
        return
    if before > new.epoch:
        why = f"a revision that is gone migrated {name} to epoch {before}"
        yield Pin(DATA_UNKNOWN, why, 0)
    for harm in new.harms:
        if harm.epoch > old.epoch:
            yield Pin(harm.code, f"{name}: {harm.why}", 0 if harm.epoch <= before else step)


def _taken_over(line: Mapping[str, int], facts: DataFacts) -> list[tuple[str, str]]:
    """(service, store) of every ownership that moves in this rollout."""
    owned = {store: name for name in line if (old := facts.old.get(name)) for store in old.owns}
    owned = {**facts.owners, **owned}
    return [
        (name, store)
        for name in line
        for store in facts.new.get(name, DataUse()).owns
        if owned.get(store, name) != name and store not in facts.old.get(name, DataUse()).owns
    ]
