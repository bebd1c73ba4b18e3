"""A check as text that people read: gates first, then causes, or services where those are few."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from enum import Enum
from itertools import groupby
from types import MappingProxyType

from tierline.facts.decision import Decision, Severity, decision_of, worst
from tierline.facts.reference import told
from tierline.readiness.model import Check, Finding
from tierline.report.check_causes import check_causes, fix_lines
from tierline.report.check_places import Lines
from tierline.report.check_source import source_lines
from tierline.report.groups import ORDER
from tierline.report.layout import table, wrapped
from tierline.report.style import clean

_NOUNS = {Severity.FAIL: "failure", Severity.UNKNOWN: "unknown", Severity.WARN: "warning"}
_PLURAL = {Severity.FAIL: "s", Severity.UNKNOWN: "", Severity.WARN: "s"}
_DECISIONS = (Decision.NO_GO, Decision.HOLD, Decision.GO)
_MANY = 20
"""findings from which on causes say more than services"""
_INDENT = " " * 4
_NO_LINES: Lines = MappingProxyType({})


class Show(Enum):
    """What of a check is shown: `SHORT` causes where there is much, `ALL` every finding."""

    SHORT = "short"
    ALL = "all"


def check_text(
    check: Check, width: int = 80, show: Show = Show.SHORT, lines: Lines = _NO_LINES
) -> str:
    """The whole check in at most `width` columns; findings in full show their line of `lines`."""
    shown = check.findings
    told = [
        *wrapped(headline(check), width),
        "",
        *table(gate_rows(check)),
        *_remarks(check, width),
    ]
    if not in_full(check, show):
        told += check_causes(shown, width)
        return "\n".join(told) + "\n"
    groups = sorted(_by_service(shown).items(), key=_worst_first)
    for service_id, findings in groups:
        told += ["", *_group(service_id, findings, width, lines)]
    if groups:
        worst_code = min(groups[0][1], key=lambda one: ORDER.index(one.status)).code
        told += ["", f"more about a code: tierline explain {worst_code}"]
    return "\n".join(told) + "\n"


def _remarks(check: Check, width: int) -> Iterator[str]:
    """What is to be known besides findings, a paragraph for all of it."""
    said = not_judged(check)
    if said:
        yield ""
    for one in said:
        yield from wrapped(one, width, "  ", "    ")


def in_full(check: Check, show: Show) -> bool:
    """Whether every finding is shown, not only causes."""
    return show is Show.ALL or len(check.findings) <= _MANY


def headline(check: Check) -> str:
    """The decision, how much was found, and how much of that is waived."""
    shown = check.findings
    services = len({one.service_id for one in shown if one.service_id})
    partial = " (partial: not everything was judged)" if check.partial else ""
    waived = sum(one.waiver is not None for one in shown)
    with_waivers = " with waivers" if waived and check.decision is Decision.GO else ""
    hidden = f"; findings not shown: {check.hidden}" if check.hidden else ""
    if not shown:
        found = "nothing of that kind" if hidden else "nothing found"
        return f"{check.decision}{partial}: {found}{hidden}"
    where = f" in {services} service{'s' if services > 1 else ''}" if services else ""
    passed = f"; {waived} of them {'is' if waived == 1 else 'are'} waived" if waived else ""
    return f"{check.decision}{with_waivers}{partial}: {_counts(shown)}{where}{passed}{hidden}"


def _counts(findings: Iterable[Finding]) -> str:
    counted = Counter(finding.status for finding in findings)
    return ", ".join(
        f"{counted[status]} {_NOUNS[status]}{'' if counted[status] == 1 else _PLURAL[status]}"
        for status in ORDER
        if counted[status]
    )


def gate_rows(check: Check) -> list[list[str]]:
    """Gate, status and what it found, of each gate that judged."""
    rows: list[list[str]] = []
    for result in check.gates:
        own = [finding for finding in check.findings if finding.gate == result.gate]
        if own or not result.reason:
            rows.append([result.gate, str(result.status), _counts(own) or result.reason])
    return rows


def not_judged(check: Check) -> list[str]:
    """A sentence for each kind of gate that did not judge: with its names, and why; and whatever
    contracts were compared with.
    """
    said = [f"not asked for: {', '.join(names)} ({why})" for why, names in _off(check).items()]
    left = [result.gate for result in check.gates if result.status is None and not result.off]
    said += [f"left out of this check: {', '.join(left)}"] if left else []
    return [*said, told(check.reference)] if check.reference else said


def _off(check: Check) -> dict[str, list[str]]:
    """Gates that were not asked for, by the reason."""
    found: dict[str, list[str]] = {}
    for result in check.gates:
        if result.off:
            found.setdefault(result.reason, []).append(result.gate)
    return found


def _by_service(shown: Iterable[Finding]) -> dict[str | None, list[Finding]]:
    groups: dict[str | None, list[Finding]] = {}
    for finding in shown:
        groups.setdefault(finding.service_id, []).append(finding)
    return groups


def _worst_first(group: tuple[str | None, list[Finding]]) -> tuple[int, bool, int, str]:
    """By decision; then the release before its services; then by how much was found."""
    service_id, findings = group
    counting = sum(finding.status is not Severity.WARN for finding in findings)
    rank = _DECISIONS.index(_decision(findings))
    return (rank, service_id is not None, -counting, service_id or "")


def _decision(findings: Iterable[Finding]) -> Decision:
    return worst(decision_of(finding.status) for finding in findings)


def _group(
    service_id: str | None, findings: list[Finding], width: int, lines: Lines
) -> Iterator[str]:
    name = clean(service_id) if service_id else "The release as a whole"
    yield from wrapped(f"{name}: {_decision(findings)} ({_counts(findings)})", width, "", "  ")
    ranked = sorted(findings, key=lambda one: (ORDER.index(one.status), one.code))
    for (status, code), same in groupby(ranked, key=lambda one: (one.status, one.code)):
        yield f"  {status:<8}{code}"
        for finding in same:
            yield from _finding(finding, width, lines)


def _finding(finding: Finding, width: int, lines: Lines) -> Iterator[str]:
    if finding.place:
        yield _INDENT + clean(str(finding.place))
        if finding.place in lines:
            yield from source_lines(finding.place, lines[finding.place], width)
    yield from wrapped(finding.message, width, _INDENT + "  ")
    if finding.fix:
        yield from fix_lines(finding.fix, width, _INDENT + "  ")
