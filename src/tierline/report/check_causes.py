"""Many findings as a few causes: what to mend first, whom that frees, and where the rest is told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tierline.facts.decision import Severity
from tierline.readiness.model import Finding
from tierline.report.groups import Group, grouped, whom
from tierline.report.layout import wrapped
from tierline.report.style import clean

_TITLES = {
    Severity.FAIL: "Failures: first what holds every service, then what frees most",
    Severity.UNKNOWN: "Unknown",
    Severity.WARN: "Warnings",
}
_FEW = 2
"""findings of a code that are shown, each with its place"""
_NAMED = 12
_INDENT = " " * 6


def check_causes(findings: Sequence[Finding], width: int) -> Iterator[str]:
    """A block for each code that counts, a line or two for each that warns."""
    status = None
    for group in grouped(findings):
        if group.status is not status:
            status = group.status
            yield from ("", _TITLES[group.status])
        yield from (_warning if status is Severity.WARN else _block)(group, width)
    yield ""
    if findings:
        first = next((f.service_id for f in findings if f.service_id), None)
        short = (first or "SERVICE").partition("-")[0]
        yield f"one service: tierline check {clean(short)}"
        yield "one cause:   tierline check --code CODE    (tierline explain CODE)"
        yield "everything:  tierline check --all"


def _block(group: Group, width: int) -> Iterator[str]:
    title = f": {group.title}" if group.title else ""
    yield from wrapped(f"{group.code}{title}", width, f"  {len(group.findings):>3} ", _INDENT)
    if None in group.counts:
        yield from wrapped("the release: it holds every service", width, _INDENT, _INDENT)
    if {*group.counts} != {None}:
        yield from wrapped(whom(group), width, f"{_INDENT}in ", _INDENT + "   ")
    few = len(group.findings) <= _FEW
    apart = few and len({finding.fix for finding in group.findings}) > 1
    for finding in group.findings[: _FEW if few else 1]:
        start = "" if few else "such as "
        yield from wrapped(f"{start}{_told(finding)}", width, _INDENT, _INDENT + "  ")
        if apart:
            yield from fix_lines(finding.fix, width, _INDENT + "  ")
    if group.fix and not apart:
        yield from fix_lines(group.fix, width, _INDENT)
    if group.frees:
        yield from wrapped(_frees(group), width, _INDENT, _INDENT + "  ")


def _told(finding: Finding) -> str:
    """Place and message, without the path twice where the message begins with it."""
    place = finding.place
    if place is None or finding.message.startswith(f"{place.path} "):
        return finding.message
    return f"{place}: {finding.message}"


def _frees(group: Group) -> str:
    names = ", ".join(clean(name.partition("-")[0]) for name in group.frees[:_NAMED])
    more = len(group.frees) - _NAMED
    return f"nothing else counts against {names}" + (f" and {more} more" if more > 0 else "")


def _warning(group: Group, width: int) -> Iterator[str]:
    title = f": {group.title}" if group.title else ""
    waived = sum(one.waiver is not None for one in group.findings)
    some = "" if waived == len(group.findings) else f"{waived} of them "
    held = f" ({some}waived)" if waived else ""
    said = f"{group.code}{title}: {whom(group)}{held}"
    yield from wrapped(said, width, f"  {len(group.findings):>3} ", _INDENT)


def fix_lines(fix: str, width: int, indent: str) -> Iterator[str]:
    """A fix; lines after its first are to be copied, so they are neither wrapped nor marked."""
    first, *copied = fix.split("\n")
    yield from wrapped(first, width, f"{indent}fix: ")
    for line in copied:
        yield f"{indent}  {clean(line)}"
