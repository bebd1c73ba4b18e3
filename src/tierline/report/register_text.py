"""Checklists of services to be listed as implemented, as text and as Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tierline.facts.decision import Decision
from tierline.frozen import frozen
from tierline.readiness.register import Checklist, Item
from tierline.report.layout import wrapped
from tierline.report.style import code, markdown


@frozen
class Registration:
    """What came of it. `registered` were added to `path`; `dry_run`: would have been."""

    environment: str
    decision: Decision
    checklists: tuple[Checklist, ...]
    registered: tuple[str, ...]
    path: str
    dry_run: bool = False


def register_text(made: Registration, width: int = 80) -> str:
    """One block a service, then what was done."""
    lines: list[str] = []
    for one in made.checklists:
        if one.listed:
            lines += [f"{one.service_id}: listed already", ""]
            continue
        lines.append(f"{one.service_id}: {one.decision}")
        for item in one.items:
            lines += _item(item, width)
        lines.append("")
    return "\n".join([*lines, *wrapped(outcome(made), width)]) + "\n"


def _item(item: Item, width: int) -> Iterator[str]:
    place = f"{item.place}: " if item.place else ""
    head = f"  {item.status!s:<8}{item.name:<11} "
    yield from wrapped(f"{place}{item.message}", width, head, " " * len(head))
    if item.fix and item.status != "ok":
        yield from wrapped(f"fix: {item.fix}", width, " " * len(head), " " * (len(head) + 5))


def outcome(made: Registration) -> str:
    """What was done, in one sentence."""
    if made.registered:
        verb = "would list" if made.dry_run else "listed"
        return f"{verb} {', '.join(made.registered)} in {made.path}"
    left = [one for one in made.checklists if one.decision is not Decision.GO]
    if not left:
        return f"nothing to do: all are listed in {made.path}"
    total = sum(not one.listed for one in made.checklists)
    return f"nothing was listed: {len(left)} of {total} not ready{_hint(left, total)}"


def _hint(left: Sequence[Checklist], total: int) -> str:
    return "; --ready-only lists the others" if len(left) < total else ""


def register_markdown(made: Registration) -> str:
    """A table a service."""
    lines = ["# Implemented services", "", markdown(outcome(made)), ""]
    for one in made.checklists:
        said = "listed already" if one.listed else str(one.decision)
        lines += [f"## {markdown(one.service_id)}: {said}", ""]
        if not one.listed:
            lines += ["| | rule | fact | place | fix |", "|---|---|---|---|---|"]
            lines += [_row(item) for item in one.items] + [""]
    return "\n".join(lines)


def _row(item: Item) -> str:
    place = code(str(item.place)) if item.place else ""
    fix = markdown(item.fix) if item.status != "ok" else ""
    return f"| {item.status} | {item.name} | {markdown(item.message)} | {place} | {fix} |"
