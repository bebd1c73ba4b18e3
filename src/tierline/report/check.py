"""The result of a check as text and as JSON; knows no gate by name."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence

from tierline.facts.decision import Severity
from tierline.readiness.model import Check, Finding
from tierline.report.layout import section, table, wrapped
from tierline.report.style import clean

SCHEMA = "tierline/check/1"
_WORST_FIRST = (Severity.FAIL, Severity.UNKNOWN, Severity.WARN, Severity.OK)
_SHOWN = 200
"""findings that the text lists; the rest is counted, and in the JSON"""


def check_json(check: Check) -> str:
    """The document `schemas/check-1.json`. Gates that were left out are not listed."""
    document = {
        "schema": SCHEMA,
        "decision": str(check.decision),
        "partial": check.partial,
        "gates": [
            {"id": one.gate, "status": str(one.status), "reason": one.reason}
            for one in check.gates
            if one.status is not None
        ],
        "findings": [_document(one) for one in check.findings],
    }
    return json.dumps(document, indent=2) + "\n"


def _document(finding: Finding) -> Mapping[str, object]:
    place = finding.place
    return {
        "code": finding.code,
        "gate": finding.gate,
        "status": str(finding.status),
        "service_id": finding.service_id,
        "path": place.path if place else "",
        "line": place.line if place else 0,
        "column": place.column if place else 0,
        "message": finding.message,
        "fix": finding.fix,
    }


def check_text(check: Check, columns: int = 80) -> str:
    """Decision, gates, and every finding with its place and fix; the worst first."""
    ranked = sorted(check.findings, key=lambda one: _WORST_FIRST.index(one.status))
    lines = [
        *wrapped(_headline(check), columns, f"{check.decision}  "),
        *section("Gates", _gates(check)),
        *section("Findings", _findings(ranked, columns)),
    ]
    return "\n".join(lines) + "\n"


def _headline(check: Check) -> str:
    judged = [one for one in check.gates if one.status is not None]
    counted = Counter(one.status for one in check.findings)
    found = ", ".join(f"{counted[one]} {one}" for one in _WORST_FIRST if counted[one])
    some = f"{len(judged)} of {len(check.gates)}" if check.partial else str(len(judged))
    gates = f"{some} gate" if some == "1" else f"{some} gates"
    return f"{gates}; findings: {found}" if found else f"{gates}; nothing found"


def _gates(check: Check) -> list[str]:
    rows = [(str(one.status), one.gate, one.reason) for one in check.gates if one.status]
    return table(rows)


def _findings(findings: Sequence[Finding], columns: int) -> list[str]:
    lines: list[str] = []
    for one in findings[:_SHOWN]:
        where = clean(str(one.place)) if one.place else clean(one.service_id or "the release")
        lines.append(f"  {one.status}: {where} [{clean(one.code)}]")
        lines += wrapped(one.message, columns, "      ")
        lines += wrapped(f"fix: {one.fix}", columns, "      ", "           ") if one.fix else []
    more = len(findings) - _SHOWN
    return [*lines, f"  and {more} more; --format json has them all"] if more > 0 else lines
