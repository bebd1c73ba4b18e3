"""Runs the gates over gathered facts: findings with their severity under a policy.

Knows no gate by name: the table says which there are, the table of codes how bad a finding is.
"""

from __future__ import annotations

from collections.abc import Iterable

from tierline.errors import UsageError
from tierline.facts.decision import Severity, decision_of, worst
from tierline.facts.instant import Instant
from tierline.mesh.clean import clean
from tierline.mesh.defect import Defect, Place
from tierline.mesh.model import Mesh
from tierline.mesh.names import nearest
from tierline.policy.model import Policy
from tierline.readiness.code import severity, worst_severity
from tierline.readiness.codes import CODES, NOT_JUDGED, unlisted
from tierline.readiness.facts import GateFacts, ServiceFacts, facts_of_services
from tierline.readiness.gate import Gate
from tierline.readiness.gates import GATE, GATES
from tierline.readiness.model import Check, Finding, GateResult
from tierline.readiness.waive import waive

_FALLBACK = "structure"
"""the gate that reports a defect of no gate, so that none is ever lost"""
_LEFT_OUT = "left out of this check"
_NOT_BY_THIS_VERSION = "not judged by this version"


def check(
    mesh: Mesh, facts: GateFacts, policy: Policy, only: frozenset[str] | None, now: Instant
) -> Check:
    """Every gate's result and every finding that counts; `only` names the gates wanted, or all.

    A check of only some gates is partial: it never satisfies readiness. Findings are in the order
    of the gates, then of their places. `now` decides which waivers count. An unknown gate raises
    UsageError.
    """
    _refuse_unknown(only)
    told: dict[str, list[Defect]] = {gate.id: [] for gate in GATES}
    for defect in mesh.defects:
        gate_id = defect.code.partition("/")[0]
        told[gate_id if gate_id in told else _FALLBACK].append(defect)
    services = facts_of_services(mesh, facts.tree)
    results: list[GateResult] = []
    findings: list[Finding] = []
    for gate in GATES:
        if only is not None and gate.id not in only:
            results.append(GateResult(gate.id, None, _LEFT_OUT))
        elif reason := gate.off(mesh, facts, policy) if gate.off else "":
            results.append(GateResult(gate.id, None, reason))
        else:
            own = _own(gate, mesh, facts, policy) if gate.is_judged else (_unjudged(gate, mesh),)
            each = _of_services(gate, services)
            defects = dict.fromkeys((*told[gate.id], *own, *each))
            found = _findings(gate, defects, policy, now)
            findings += found
            results.append(_result(gate, found))
    return Check(
        decision=worst(decision_of(finding.status) for finding in findings),
        gates=tuple(results),
        findings=tuple(findings),
        partial=only is not None and not only >= GATE.keys(),
    )


def _refuse_unknown(only: frozenset[str] | None) -> None:
    for name in sorted((only or frozenset()) - GATE.keys()):
        close = nearest(name, GATE) or tuple(GATE)
        raise UsageError(
            f"no gate is called {clean(name)}",
            code="usage/gate",
            fix=f"one of {', '.join(close)}",
        )
    if only is not None and not only:
        raise UsageError(
            "no gate is named, so nothing would be judged",
            code="usage/gate",
            fix=f"name some of {', '.join(GATE)}",
        )


def _own(gate: Gate, mesh: Mesh, facts: GateFacts, policy: Policy) -> Iterable[Defect]:
    return gate.judge(mesh, facts, policy) if gate.judge else ()


def _of_services(gate: Gate, services: Iterable[ServiceFacts]) -> Iterable[Defect]:
    judge = gate.judge_service
    return (defect for one in services for defect in judge(one)) if judge else ()


def _unjudged(gate: Gate, mesh: Mesh) -> Defect:
    return Defect(
        f"{gate.id}/{NOT_JUDGED}",
        f"{gate.title.lower()}: {_NOT_BY_THIS_VERSION}",
        Place(mesh.label),
        f"see tierline explain {gate.id}",
    )


def _findings(
    gate: Gate, defects: Iterable[Defect], policy: Policy, now: Instant
) -> tuple[Finding, ...]:
    found: list[Finding] = []
    for defect in defects:
        code = CODES.get(defect.code) or unlisted(defect.code)
        status = severity(code, policy)
        if status is not Severity.OK:
            finding = Finding(
                defect.code,
                gate.id,
                status,
                defect.service_id,
                defect.place,
                defect.message,
                defect.fix or code.fix,
            )
            found.append(waive(finding, policy.waivers, now))
    return tuple(sorted(found, key=_place_of))


def _place_of(finding: Finding) -> tuple[Place, str, str]:
    return (finding.place or Place(""), finding.code, finding.message)


def _result(gate: Gate, found: Iterable[Finding]) -> GateResult:
    """The worst of its findings; a gate that was not judged is unknown at best."""
    statuses = [finding.status for finding in found]
    if not gate.is_judged:
        return GateResult(
            gate.id, worst_severity([Severity.UNKNOWN, *statuses]), _NOT_BY_THIS_VERSION
        )
    return GateResult(gate.id, worst_severity(statuses))
