"""Runs the gates over gathered facts: findings with their severity under a policy.

Knows no gate by name: the table says which there are, the table of codes how bad a finding is.
"""

from __future__ import annotations

from collections.abc import Iterable

from tierline.errors import UsageError
from tierline.facts.decision import Severity, decision_of, worst
from tierline.facts.instant import Instant
from tierline.facts.reference import ContractsThen
from tierline.mesh.clean import clean
from tierline.mesh.defect import Defect
from tierline.mesh.model import Mesh
from tierline.mesh.names import nearest
from tierline.policy.model import Policy
from tierline.readiness.code import Code, severity, worst_severity
from tierline.readiness.codes import CODES, unlisted
from tierline.readiness.facts import GateFacts
from tierline.readiness.fingerprint import Fingerprints
from tierline.readiness.gate import Found, Gate
from tierline.readiness.gates import GATE, GATES
from tierline.readiness.model import Check, Finding, GateResult
from tierline.readiness.services import found_in_services
from tierline.readiness.waive import Waiving

_FALLBACK = "structure"
"""the gate that reports a defect of no gate, so that none is ever lost"""
_LEFT_OUT = "left out of this check"
_PLACE = {gate.id: number for number, gate in enumerate(GATES)}
_TWICE = frozenset(gate.id for gate in GATES if gate.judge_found)


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
    prints, results = Fingerprints(mesh.label), dict[str, GateResult]()
    found: list[Finding] = []
    each = found_in_services(mesh, facts, policy, GATE.keys() if only is None else only)
    for gate in GATES:
        if only is not None and gate.id not in only:
            results[gate.id] = GateResult(gate.id, None, _LEFT_OUT)
        elif reason := gate.off(mesh, facts, policy) if gate.off else "":
            results[gate.id] = GateResult(gate.id, None, reason, off=True)
        else:
            own = gate.judge(mesh, facts, policy) if gate.judge else ()
            defects = dict.fromkeys((*told[gate.id], *own, *each[gate.id]))
            found += _findings(gate, defects, policy, prints)
    judging = frozenset(GATE.keys() - results.keys())
    partial = only is not None and not only >= GATE.keys()
    raw = Found(tuple(found), judging, partial, now)
    findings = (*_after_waivers(raw, policy), *_by_findings(mesh, facts, policy, raw))
    told_by: dict[str, list[Severity]] = {gate.id: [] for gate in GATES}
    for finding in findings:
        told_by[finding.gate].append(finding.status)
    for gate, statuses in told_by.items():
        results.setdefault(gate, GateResult(gate, worst_severity(statuses)))
    return Check(
        decision=worst(map(decision_of, {one for each in told_by.values() for one in each})),
        gates=tuple(results[gate.id] for gate in GATES),
        findings=tuple(sorted(findings, key=_line)),
        partial=partial,
        reference=facts.then.reference if isinstance(facts.then, ContractsThen) else facts.then,
        vouched=frozenset(name for name, told in facts.externals.items() if told.vouched),
    )


def _after_waivers(raw: Found, policy: Policy) -> Iterable[Finding]:
    waiving = Waiving(policy.waivers, raw.now)
    return map(waiving.waived, raw.findings) if policy.waivers else raw.findings


def _by_findings(mesh: Mesh, facts: GateFacts, policy: Policy, raw: Found) -> Iterable[Finding]:
    """What the gates that judge findings have to say; no waiver is for that."""
    for gate in GATES:
        if gate.judge_found and gate.id in raw.judged:
            defects = gate.judge_found(mesh, facts, policy, raw)
            yield from _findings(gate, defects, policy, Fingerprints(mesh.label))


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


def _findings(
    gate: Gate, defects: Iterable[Defect], policy: Policy, prints: Fingerprints
) -> list[Finding]:
    """Waivers aside, in the order of their places."""
    found: list[Finding] = []
    known: dict[str, tuple[Code, Severity]] = {}
    for defect in sorted(defects, key=_place_of):
        if defect.code not in known:
            row = CODES.get(defect.code) or unlisted(defect.code)
            known[defect.code] = (row, severity(row, policy))
        code, status = known[defect.code]
        if status is not Severity.OK:
            finding = Finding(
                defect.code,
                gate.id,
                status,
                defect.service_id,
                defect.place,
                defect.message,
                defect.fix or code.fix,
                prints.of(defect.code, defect.service_id, defect.place, defect.message),
            )
            found.append(finding)
    return found


def _line(finding: Finding) -> tuple[object, ...]:
    """Where a finding stands among all. Those of a gate are in order already, unless it has two judges."""
    gate = finding.gate
    return (_PLACE[gate], *_place_of(finding)) if gate in _TWICE else (_PLACE[gate],)


def _place_of(finding: Finding | Defect) -> tuple[str, int, int, str, str]:
    """As places compare, without asking them: there may be tens of thousands."""
    place = finding.place
    if place is None:
        return "", 0, 0, finding.code, finding.message
    return place.path, place.line, place.column, finding.code, finding.message
