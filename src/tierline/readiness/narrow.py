"""Less of a check: only some services, codes or severities; what is left says that it is not all."""

from __future__ import annotations

from dataclasses import replace

from tierline.errors import UsageError
from tierline.facts.decision import Severity, decision_of, worst
from tierline.mesh.clean import clean
from tierline.mesh.names import nearest
from tierline.readiness.code import worst_severity
from tierline.readiness.codes import CODES
from tierline.readiness.model import Check, Finding, GateResult


def of_services(check: Check, services: frozenset[str]) -> Check:
    """What counts against these services alone; partial, because the release is left out."""
    kept = tuple(one for one in check.findings if one.service_id in services)
    return replace(
        check,
        decision=worst(decision_of(one.status) for one in kept),
        gates=tuple(_again(result, kept) for result in check.gates),
        findings=kept,
        partial=True,
    )


def _again(result: GateResult, kept: tuple[Finding, ...]) -> GateResult:
    if result.status is None or result.reason:
        return result
    return replace(
        result, status=worst_severity([one.status for one in kept if one.gate == result.gate])
    )


def listed(check: Check, codes: frozenset[str], severities: frozenset[str]) -> Check:
    """The same decision and gates with only these findings; empty sets leave all.

    UsageError for a code that no gate gives.
    """
    for code in sorted(codes - CODES.keys()):
        close = nearest(code, CODES)
        raise UsageError(
            f"no finding has the code {clean(code)}",
            code="usage/code",
            fix=f"did you mean {' or '.join(close)}?" if close else "see all: tierline check --all",
        )
    levels = frozenset(map(Severity, severities))
    kept = tuple(
        one
        for one in check.findings
        if (not codes or one.code in codes) and (not levels or one.status in levels)
    )
    return replace(check, findings=kept, hidden=len(check.findings) - len(kept))
