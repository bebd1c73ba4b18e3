"""A release's context as Markdown for a ticket or an agent; foreign text cannot become markup."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tierline.context.model import Input, Release, Sheet, Where
from tierline.readiness.model import Finding
from tierline.report.context_overview import (
    DUE,
    WORST_FIRST,
    as_text,
    counted,
    kinds,
    listed,
    sayings,
    step_facts,
    summary,
    title,
    told_steps,
    unsaid,
)
from tierline.report.context_row import place_text, source_text
from tierline.report.context_rows import Naming, rows_of
from tierline.report.names import short_names
from tierline.report.style import code, markdown


def context_markdown(release: Release, *, brief: bool = False) -> str:
    """The whole of it, ending with a line feed; `brief` leaves the sheets and inputs out."""
    naming = Naming(short_names(release.sheets), release.label)
    blocks = [
        f"# {markdown(title(release))}",
        f"{markdown(summary(release))}.",
        *_part("Order", _order(release)),
        *_part("Before the release", _steps(release)),
        *_part("Missing or doubtful, of services", _kinds(release)),
        *_part("Missing or doubtful, of the mesh", _findings(release.findings, release.label)),
    ]
    if not brief:
        blocks += [
            *_part("What the guide to the scripts says", _guide(release)),
            *_part("Life cycle", _lifecycle(release)),
            *_part("On a developer's machine", _local(release)),
            *_part("Contracts whose service is not known", [f"- {code(o.path)}" for o in release.loose]),
            *_part("Inputs, of the mesh", _inputs(release.inputs, release.label)),
        ]  # fmt: skip
        for sheet in release.sheets.values():
            blocks += _sheet(sheet, naming)
    return "\n\n".join(blocks) + "\n"


def _part(heading: str, lines: Sequence[str], level: int = 2) -> list[str]:
    return [f"{'#' * level} {heading}", "\n".join(lines)] if lines else []


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    lines = [head, ["---"] * len(head), *rows]
    return [f"| {' | '.join(line)} |" for line in lines] if rows else []


def _order(release: Release) -> list[str]:
    rows = [
        [str(tier.tier), markdown(batch.id), *_cells(release.sheets[name])]
        for tier in release.tiers
        for batch in tier.batches
        for name in batch.services
    ]
    rows += [["unknown", "none", *_cells(release.sheets[name])] for name in release.unordered]
    return _table(("tier", "batch", "service", "owners", "listed", "findings"), rows)


def _cells(sheet: Sheet) -> list[str]:
    words = {Where.RELEASE: "", Where.MESH: " (not in this release)", Where.EXTERNAL: " (external)"}
    owners = ", ".join(f"{one.service_id}{words[one.where]}" for one in sheet.owners)
    found = counted(sheet.findings)
    return [markdown(sheet.service_id), markdown(owners) or "none", listed(sheet), found or "none"]


def _steps(release: Release) -> list[str]:
    rows = [
        [DUE[step.due], code(step.command), markdown(step.why), "yes" if step.exists else "**no**"]
        for step in release.steps
        if step.due != "own"
    ]
    return _table(("due", "command", "why", "there"), rows)


def _kinds(release: Release) -> list[str]:
    rows = [
        [str(one.status), one.title, code(one.code), markdown(" ".join(one.services))]
        for one in kinds(release)
    ]
    return _table(("", "what", "code", "services"), rows)


def _guide(release: Release) -> list[str]:
    lines = [
        f"- {words}: {markdown(one.text)} ({code(place_text(one.place, release.label))})"
        for words, found in (("needs", release.prerequisites), ("note", release.notes))
        for one in found
    ]
    for step in told_steps(release):
        where = f" ({code(place_text(step.script.place, release.label))})" if step.script else ""
        due = "" if step.due == "own" else f", due: {DUE[step.due]}"
        lines.append(f"- {code(step.name)}{due}{where}")
        lines += [
            f"  - {label}: {markdown(text)}" if label else f"  - {markdown(text)}"
            for label, text in step_facts(step)
        ]
    return lines


def _lifecycle(release: Release) -> list[str]:
    if release.lifecycle is None:
        return ["Unknown: the document cannot be read."]
    return [
        f"- **{rule.state}** ({code(place_text(rule.place, release.label))}): "
        + (markdown(as_text(rule.takes)) or "it does not say what that takes")
        for rule in release.lifecycle
    ]


def _local(release: Release) -> list[str]:
    guide = release.local_dev
    if guide is None:
        return ["Unknown: the local guide is not there, or cannot be read."]
    found = [
        *(("needs", markdown(one.text), one.place) for one in guide.prerequisites),
        *((what, markdown(one.name), one.place) for what, one in unsaid(guide)),
        *(("command", code(one.text), one.place) for one in release.mesh_commands),
        *(("note", markdown(one.text), one.place) for one in sayings(guide)),
    ]
    rows = [[kind, text, code(place_text(place, release.label))] for kind, text, place in found]
    return _table(("what", "", "source"), rows) or ["It says nothing."]


def _findings(findings: Iterable[Finding], label: str) -> list[str]:
    rows = [
        [
            str(one.status),
            markdown(one.message),
            code(place_text(one.place, label)) if one.place else "",
            code(one.code),
        ]
        for one in sorted(findings, key=lambda one: WORST_FIRST.index(one.status))
    ]
    return _table(("", "what", "source", "code"), rows)


def _inputs(inputs: Iterable[Input], label: str) -> list[str]:
    rows = [
        [
            str(one.standing),
            code(one.path.removeprefix(f"{label}/")),
            code(one.digest[:12]),
            markdown("; ".join(one.taken)),
        ]
        for one in inputs
    ]
    return _table(("", "input", "sha256", "taken from it"), rows)


def _sheet(sheet: Sheet, naming: Naming) -> list[str]:
    rows = [
        [row.label, markdown(row.text), code(source_text(row, naming.label, sheet.path))]
        for row in rows_of(sheet, naming)
    ]
    where = code(sheet.path) if sheet.path else "no folder"
    return [
        f"## {markdown(sheet.service_id)}",
        f"Domain {code(sheet.domain) or 'unknown'}, {where}.",
        "\n".join(_table(("", "fact", "source"), rows)),
        *_part("Missing or doubtful", _findings(sheet.findings, f"{naming.label}/{sheet.path}"), 3),
        *_part("Inputs", _inputs(sheet.inputs, f"{naming.label}/{sheet.path}"), 3),
    ]
