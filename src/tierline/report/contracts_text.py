"""What changed in contracts, for people: as text and as Markdown; decides nothing."""

from __future__ import annotations

from collections.abc import Iterator

from tierline.contracts.change import Change, Side
from tierline.facts.decision import Decision
from tierline.facts.reference import Reference
from tierline.readiness.breaking import Compared, verdict_of
from tierline.report.layout import wrapped
from tierline.report.style import code, markdown

_WHO = {
    Side.READER: "readers of the old contract (forward)",
    Side.WRITER: "new readers of old events (backward)",
    Side.CONSUMER: "consumers of the old contract",
    Side.PROVIDER: "new consumers of a provider that has the old contract",
}
_PROVIDER = frozenset({Side.PROVIDER})
_SAYS = {
    Decision.GO: "nobody breaks",
    Decision.NO_GO: "somebody breaks",
    Decision.HOLD: "somebody may break",
}


def contracts_text(reference: Reference, found: tuple[Compared, ...], columns: int) -> str:
    """Every contract that differs, its changes, and whom each breaks."""
    lines = wrapped(_head(reference, found), columns)
    lines += wrapped(_new(found), columns) if _new(found) else []
    for one in _old(found):
        lines += ["", *wrapped(f"{one.file.shown}{_by(one)}", columns)]
        lines += wrapped(_parties(one), columns, "  ")
        for change in one.changes:
            lines += wrapped(f"{change.subject}: {change.message}", columns, f"  {_mark(change)}  ")
            for told in _details(change):
                lines += wrapped(told, columns, " " * 11)
        if not one.changes:
            lines.append("  nothing that decides what is valid changed")
    return "\n".join(lines) + "\n"


def contracts_markdown(reference: Reference, found: tuple[Compared, ...]) -> str:
    """The same for a pull request."""
    lines = [f"## Contracts: {verdict_of(found)}", "", markdown(_head(reference, found))]
    lines += ["", markdown(_new(found))] if _new(found) else []
    for one in _old(found):
        lines += ["", f"### {code(one.file.shown)}", "", markdown(_parties(one)), ""]
        for change in one.changes:
            what = markdown(f"{change.subject}: {change.message}")
            lines.append(f"- **{_mark(change).strip()}** {what}")
            lines += [f"  - {markdown(told)}" for told in _details(change)]
        if not one.changes:
            lines.append("Nothing that decides what is valid changed.")
    return "\n".join(lines) + "\n"


def _head(reference: Reference, found: tuple[Compared, ...]) -> str:
    where = f"compared with {reference.name}, {reference.how}"
    if not found:
        return f"GO: no contract differs, {where}"
    verdict = verdict_of(found)
    count = (
        f"{len(found)} contract differs" if len(found) == 1 else f"{len(found)} contracts differ"
    )
    return f"{verdict}: {_SAYS[verdict]}; {count}, {where}"


def _old(found: tuple[Compared, ...]) -> list[Compared]:
    """Contracts that were there before."""
    return [one for one in found if one.file.old is not None]


def _new(found: tuple[Compared, ...]) -> str:
    """Contracts that were not, in a line."""
    names = [one.file.subject for one in found if one.file.old is None]
    return f"new, so nothing is compared: {', '.join(names)}" if names else ""


def _by(one: Compared) -> str:
    return f" (asked, too: {one.asked})" if one.asked else ""


def _parties(one: Compared) -> str:
    by = ", ".join(one.providers) or "nobody that is known"
    return f"provided by {by}; used by {', '.join(one.users) or 'nobody'}"


def _mark(change: Change) -> str:
    """`order`: nobody breaks as long as the provider is rolled out before its new consumers."""
    if change.breaks - _PROVIDER:
        return "breaks "
    if change.unknown - _PROVIDER:
        return "unknown"
    return "order  " if change.breaks | change.unknown else "safe   "


def _details(change: Change) -> Iterator[str]:
    """Whom it breaks, and where."""
    if change.breaks:
        yield f"breaks {_named(change.breaks)}"
    if change.unknown:
        yield f"may break {_named(change.unknown)}"
    spot = change.new or change.old
    if spot is not None:
        old = change.old.place.line if change.old and change.new else 0
        yield f"{spot.place} {spot.pointer}" + (f" (was line {old})" if old else "")


def _named(sides: frozenset[Side]) -> str:
    return "; ".join(_WHO[side] for side in sorted(sides))
