"""What a machine lacks, as text and Markdown that people read: the worst first, then what is well."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tierline.facts.decision import Decision, Severity
from tierline.machine.model import Examination, Point
from tierline.report.layout import wrapped
from tierline.report.style import clean, code, markdown

_WORST_FIRST = (Severity.FAIL, Severity.UNKNOWN, Severity.WARN)


def doctor_text(found: Examination, width: int = 80) -> str:
    """All of it in at most `width` columns: three lines where something is amiss, one where not."""
    wide = max((len(point.id) for point in found.points), default=0)
    lines = wrapped(headline(found), width)
    amiss = troubles(found)
    for point in amiss:
        lines += ["", *_amiss(point, width)]
    well = [point for point in found.points if point not in amiss]
    if well:
        lines.append("")
    for point in well:
        lines += wrapped(clean(point.fact), width, f"  {point.status:<4}  {point.id:<{wide}}  ")
    if found.not_needed:
        said = f"not needed here: {', '.join(found.not_needed)}"
        lines += ["", *wrapped(said, width, "", "  ")]
    return "\n".join(lines) + "\n"


def doctor_markdown(found: Examination) -> str:
    """The same as Markdown; foreign text cannot become markup."""
    blocks = [f"# {markdown(headline(found))}"]
    rows = ["| | what | needed for | fact | mend |", "|---|---|---|---|---|"]
    ranked = [*troubles(found), *(p for p in found.points if p.status is Severity.OK)]
    for point in ranked:
        cells = (point.needed_for, point.fact)
        shown = " | ".join(markdown(cell) for cell in cells)
        rows.append(f"| {point.status} | {point.id} | {shown} | {code(point.fix)} |")
    blocks.append("\n".join(rows))
    if found.not_needed:
        blocks.append(f"Not needed here: {', '.join(found.not_needed)}.")
    return "\n\n".join(blocks) + "\n"


def troubles(found: Examination) -> Sequence[Point]:
    """Points that are not well, what is required and missing first, then in their own order."""
    amiss = [point for point in found.points if point.status is not Severity.OK]
    return sorted(amiss, key=lambda point: (not point.required, _WORST_FIRST.index(point.status)))


def headline(found: Examination) -> str:
    """One sentence that says whether this machine will do."""
    amiss = troubles(found)
    missing = sum(point.status is Severity.FAIL for point in amiss)
    unknown = sum(point.required and point.status is Severity.UNKNOWN for point in amiss)
    besides = len(amiss) - missing - unknown
    said = f"; worth knowing: {besides}" if besides else ""
    where = f"this mesh needs for {clean(found.needs.environment)}"
    if found.decision is Decision.NO_GO:
        things = "1 thing" if missing == 1 else f"{missing} things"
        return f"NO-GO: {things} that {where} {'is' if missing == 1 else 'are'} missing{said}"
    if found.decision is Decision.HOLD:
        things = "1 thing" if unknown == 1 else f"{unknown} things"
        return f"HOLD: {things} that {where} could not be looked at{said}"
    if not found.needs.here:
        return f"GO: no mesh here, so nothing is required; this is the machine alone{said}"
    return f"GO: this machine has what {where}{said}"


def _amiss(point: Point, width: int) -> Iterator[str]:
    yield from wrapped(point.fact, width, f"  {point.status:<8}{clean(point.id)}: ", " " * 10)
    yield from wrapped(point.needed_for, width, " " * 10 + "for: ")
    if point.fix:
        yield from wrapped(point.fix, width, " " * 10 + "fix: ")
