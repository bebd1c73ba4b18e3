"""A check as one of a version that has only these gates, so that whole outputs outlive new gates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tierline.facts.decision import decision_of, worst
from tierline.readiness.model import Check

GATES = ("structure", "index", "load-order", "lifecycle", "config", "owners", "settings")


def of_gates(check: Check, gates: Sequence[str] = GATES) -> Check:
    """What these gates said."""
    results = tuple(one for one in check.gates if one.gate in gates)
    findings = tuple(one for one in check.findings if one.gate in gates)
    decision = worst(decision_of(one.status) for one in findings)
    return replace(check, decision=decision, gates=results, findings=findings)
