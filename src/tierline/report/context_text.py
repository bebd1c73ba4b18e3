"""A release's context as text: an overview, what concerns all, then a sheet for each service."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from tierline.context.model import Input, Release, Sheet, Where
from tierline.readiness.model import Finding
from tierline.report.context_overview import (
    DUE,
    WORST_FIRST,
    as_text,
    kinds,
    listed,
    sayings,
    step_facts,
    summary,
    title,
    told_steps,
    unsaid,
)
from tierline.report.context_row import Row, place_text, source_text
from tierline.report.context_rows import Naming, rows_of
from tierline.report.layout import section, table, wrapped
from tierline.report.names import fitted, short_names
from tierline.report.style import clean

_NARROWEST = 60
_LABEL = 11
_MARKS = {
    Where.RELEASE: ("", ""),
    Where.MESH: ("*", "* in the mesh, not in this release"),
    Where.EXTERNAL: ("^", "^ outside the mesh"),
}


def context_text(release: Release, width: int = 80, *, brief: bool = False) -> str:
    """The whole of it in at most `width` columns; `brief` leaves the sheets and inputs out."""
    width = max(width, _NARROWEST)
    naming = Naming(short_names(release.sheets), release.label)
    lines = [
        *wrapped(title(release), width),
        *wrapped(summary(release), width),
        *section("Order", _order(release, width)),
        *section("Before the release", _steps(release, width)),
        *section("Missing or doubtful, of services", _kinds(release, width)),
        *section(
            "Missing or doubtful, of the mesh", _findings(release.findings, release.label, width)
        ),
    ]
    if brief:
        lines += ["", "the same without --brief has a sheet for each service"]
        return "\n".join(lines) + "\n"
    lines += [
        *section("What the guide to the scripts says", _guide(release, width)),
        *section("Life cycle", _lifecycle(release, width)),
        *section("On a developer's machine", _local(release, width)),
        *section("Contracts whose service is not known", [f"  {clean(one.path)}" for one in release.loose]),
        *section("Inputs, of the mesh", _inputs(release.inputs, release.label, width)),
    ]  # fmt: skip
    for sheet in release.sheets.values():
        lines += _sheet(sheet, naming, width)
    return "\n".join(lines) + "\n"


def _order(release: Release, width: int) -> list[str]:
    short = short_names(
        name for s in release.sheets.values() for name in (s.service_id, *(o.service_id for o in s.owners))
    )  # fmt: skip
    rows = [["batch", "service", "owners", "listed", *(str(one) for one in WORST_FIRST)]]
    rows += [
        [batch.id, *_cells(release.sheets[name], short)]
        for tier in release.tiers
        for batch in tier.batches
        for name in batch.services
    ]
    rows += [["none", *_cells(release.sheets[name], short)] for name in release.unordered]
    lines = table(fitted(rows, {1: 14, 2: 9}, width - 2), right=(4, 5, 6))
    where = {owner.where for sheet in release.sheets.values() for owner in sheet.owners}
    marks = [words for one, (_, words) in _MARKS.items() if words and one in where]
    return [*lines, *(wrapped(f"owners: {'; '.join(marks)}", width, "  ") if marks else [])]


def _cells(sheet: Sheet, short: Mapping[str, str]) -> list[str]:
    owners = " ".join(f"{short[one.service_id]}{_MARKS[one.where][0]}" for one in sheet.owners)
    counted = Counter(one.status for one in sheet.findings)
    counts = (str(counted[one] or "-") for one in WORST_FIRST)
    return [sheet.service_id, owners or "-", listed(sheet), *counts]


def _kinds(release: Release, width: int) -> list[str]:
    """What was found of services, by code, with the services that it was found of."""
    short = short_names(release.sheets)
    lines: list[str] = []
    for kind in kinds(release):
        many = f"{len(kind.services)}: " if len(kind.services) > 1 else ""
        who = f"{many}{' '.join(short[name] for name in kind.services)}"
        if len(kind.services) == len(release.sheets) > 1:
            who = "every service"
        lines += wrapped(
            f"{kind.status!s:<7} {kind.title} ({kind.code}): {who}", width, "  ", " " * 10
        )
    return lines


def _steps(release: Release, width: int) -> list[str]:
    """The commands of the procedure, with whether each is due."""
    lines: list[str] = []
    asked = [step for step in release.steps if step.due != "own"]
    for why, steps in groupby(asked, key=lambda step: (step.due, step.why)):
        lines += wrapped(f"{DUE[why[0]]}: {why[1]}", width, "  ")
        for step in steps:
            missing = "" if step.exists else "   (not there)"
            lines.append(f"    {clean(step.command)}{missing}")
    return lines


def _guide(release: Release, width: int) -> list[str]:
    lines: list[str] = []
    for words, found in (("needs", release.prerequisites), ("note", release.notes)):
        for one in found:
            lines += _cited(f"{words}: {one.text}", place_text(one.place, release.label), width)
    for step in told_steps(release):
        due = "" if step.due == "own" else f" (due: {DUE[step.due]})"
        where = place_text(step.script.place, release.label) if step.script else ""
        facts = "; ".join(f"{label} {text}".strip() for label, text in step_facts(step))
        lines += _cited(f"{step.name}{due}: {facts}", where, width)
    return lines


def _lifecycle(release: Release, width: int) -> list[str]:
    if release.lifecycle is None:
        return ["  unknown: the document cannot be read"]
    lines: list[str] = []
    for rule in release.lifecycle:
        takes = as_text(rule.takes) or "it does not say what that takes"
        lines += _cited(f"{rule.state}: {takes}", place_text(rule.place, release.label), width)
    return lines


def _local(release: Release, width: int) -> list[str]:
    guide = release.local_dev
    if guide is None:
        return ["  unknown: the local guide is not there, or cannot be read"]
    lines: list[str] = []
    for one in guide.prerequisites:
        lines += _cited(f"needs: {one.text}", place_text(one.place, release.label), width)
    for what, one in unsaid(guide):
        lines += _cited(f"{what}: {one.name}", place_text(one.place, release.label), width)
    for heading, commands in groupby(release.mesh_commands, key=lambda one: one.section):
        lines += wrapped(heading.rstrip(".:") + ":", width, "  ", "    ") if heading else []
        for one in commands:
            about = f" ({one.about})" if one.about else ""
            lines += _cited(f"  {one.text}{about}", place_text(one.place, release.label), width)
    for said in sayings(guide):
        lines += _cited(f"note: {said.text}", place_text(said.place, release.label), width)
    return lines or ["  it says nothing"]


def _cited(text: str, source: str, width: int) -> list[str]:
    cited = f"{text} [{source}]" if source else text
    indent = " " * (len(text) - len(text.lstrip()) + 2)
    return wrapped(cited.lstrip(), width, indent, indent + "  ")


def _findings(findings: Iterable[Finding], label: str, width: int) -> list[str]:
    lines: list[str] = []
    for one in sorted(findings, key=lambda one: WORST_FIRST.index(one.status)):
        where = place_text(one.place, label) if one.place else ""
        lines += _cited(f"{one.status!s:<7} {one.message} ({one.code})", where, width)
    return lines


def _inputs(inputs: Iterable[Input], label: str, width: int) -> list[str]:
    lines: list[str] = []
    for one in inputs:
        digest = f" {one.digest[:12]}" if one.digest else ""
        taken = f": {'; '.join(one.taken)}" if one.taken else ""
        path = one.path.removeprefix(f"{label}/")
        lines += wrapped(f"{one.standing!s:<10} {path}{digest}{taken}", width, "  ", " " * 13)
    return lines


def _sheet(sheet: Sheet, naming: Naming, width: int) -> Iterator[str]:
    name = f"{sheet.service_id}, {sheet.domain or 'without a domain'}"
    yield from ("", "-" * min(len(clean(name)), width))
    yield from wrapped(f"{name}: {sheet.path or 'no folder'}", width)
    before = ""
    for row in rows_of(sheet, naming):
        yield from _row(row, row.label if row.label != before else "", sheet, naming, width)
        before = row.label or before
    yield from section(
        "  Missing or doubtful", _findings(sheet.findings, f"{naming.label}/{sheet.path}", width)
    )
    yield from section("  Inputs", _inputs(sheet.inputs, f"{naming.label}/{sheet.path}", width))


def _row(row: Row, label: str, sheet: Sheet, naming: Naming, width: int) -> list[str]:
    source = source_text(row, naming.label, sheet.path)
    text = f"{row.text} [{source}]" if source else row.text
    start = " " * (4 + _LABEL)
    return wrapped(text, width, f"  {label:<{_LABEL}}  ", start)
