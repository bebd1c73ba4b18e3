"""A check as one JSON document for machines, as `schemas/check-1.json` describes it."""

from __future__ import annotations

import json
from collections.abc import Mapping

from tierline.facts.reference import NoReference, Reference
from tierline.mesh.clean import clean
from tierline.mesh.defect import Place
from tierline.policy.model import Waiver
from tierline.readiness.model import Check, Finding, GateResult
from tierline.report.times import stamp

SCHEMA = "tierline/check/1"

_NOWHERE = Place("")
_MANY = 1000
"""findings from which on indenting takes longer by the standard library than by msgspec"""
_LONG = 2000
"""characters of a reason"""


def check_json(check: Check) -> str:
    """The document, indented, in ASCII (so no character can act on a terminal), one line feed."""
    if len(check.findings) > _MANY:
        return _indented(json.dumps(check_document(check))) + "\n"
    return json.dumps(check_document(check), indent=2) + "\n"


def _indented(document: str) -> str:
    import msgspec  # noqa: PLC0415 - late on purpose: few findings are written without it

    return msgspec.json.format(document, indent=2)


def check_document(check: Check) -> Mapping[str, object]:
    """The document as plain values, findings in the order of the check.

    A gate that was left out is not listed: then `partial` is true. One that is off is.
    """
    return {
        "schema": SCHEMA,
        "decision": str(check.decision),
        "partial": check.partial,
        "reference": reference_document(check.reference),
        "gates": [_gate(result) for result in check.gates if result.status or result.off],
        "findings": [_finding(finding) for finding in check.findings],
    }


def reference_document(
    reference: Reference | NoReference | None,
) -> Mapping[str, object] | None:
    """What contracts were compared with; with a `reason` and no name where there was nothing."""
    match reference:
        case None:
            return None
        case NoReference(reason=reason):
            return {"name": "", "commit": "", "how": "", "reason": clean(reason, _LONG)}
        case Reference(name=name, commit=commit, how=how):
            return {"name": clean(name), "commit": commit, "how": clean(how, _LONG), "reason": ""}


def _gate(result: GateResult) -> Mapping[str, object]:
    status = "off" if result.off else str(result.status)
    return {"id": result.gate, "status": status, "reason": result.reason}


def _finding(finding: Finding) -> Mapping[str, object]:
    place = finding.place or _NOWHERE
    return {
        "code": finding.code,
        "gate": finding.gate,
        "status": str(finding.status),
        "service_id": finding.service_id,
        "path": place.path,
        "line": place.line,
        "column": place.column,
        "message": finding.message,
        "fix": finding.fix,
        "fingerprint": finding.fingerprint,
        "waiver": _waiver(finding.waiver),
    }


def _waiver(waiver: Waiver | None) -> Mapping[str, object] | None:
    if waiver is None:
        return None
    return {
        "author": waiver.author,
        "reason": waiver.reason,
        "expires": stamp(waiver.expires),
        "baseline": bool(waiver.findings),
    }
