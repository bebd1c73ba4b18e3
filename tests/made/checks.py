"""A check as one of a version that has only these gates, so that whole outputs outlive new gates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tierline.facts.decision import Severity, decision_of, worst
from tierline.mesh.defect import Place
from tierline.readiness.model import Check, Finding, GateResult

GATES = ("structure", "index", "load-order", "lifecycle", "config", "owners", "settings")


def of_gates(
    check: Check, gates: Sequence[str] = GATES, unjudged: Severity | None = Severity.WARN
) -> Check:
    """What these gates said, and `scripts` as one that this version does not judge."""
    results = tuple(one for one in check.gates if one.gate in gates)
    findings = tuple(one for one in check.findings if one.gate in gates)
    if unjudged:
        why = "not judged by this version"
        place = Place("mesh")
        findings = (*findings, Finding("scripts/not-judged", "scripts", unjudged, None, place, why))
        results = (*results, GateResult("scripts", unjudged, why))
    decision = worst(decision_of(one.status) for one in findings)
    return replace(check, decision=decision, gates=results, findings=findings)
