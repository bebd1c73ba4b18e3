"""What is known of test runs as one JSON document, as `schemas/evidence-1.json` describes it."""

from __future__ import annotations

import json
from collections.abc import Mapping

from tierline.facts.testing import SuiteResult
from tierline.report.evidence import EvidenceRow, EvidenceView
from tierline.report.times import stamp

SCHEMA = "tierline/evidence/1"


def evidence_json(view: EvidenceView) -> str:
    """The document, indented, in ASCII (so no character can act on a terminal), one line feed."""
    return json.dumps(evidence_document(view), indent=2) + "\n"


def evidence_document(view: EvidenceView) -> Mapping[str, object]:
    """The document as plain values."""
    return {
        "schema": SCHEMA,
        "environment": view.environment,
        "mesh": view.mesh,
        "suites": [_row(row) for row in view.rows],
        "evidence": [{"file": row.file, **_row(row)} for row in view.kept],
    }


def _row(row: EvidenceRow) -> Mapping[str, object]:
    return {
        "service_id": row.service_id,
        "suite": row.suite,
        "counts": row.counts,
        "code": f"tests/{row.code}" if row.code else None,
        "reason": row.fact,
        "changed": list(row.changed),
        "holder": row.holder or None,
        "result": _result(row.result) if row.result else None,
    }


def _result(result: SuiteResult) -> Mapping[str, object]:
    return {
        "outcome": str(result.outcome),
        "passed": result.counts.passed,
        "failed": result.counts.failed,
        "skipped": result.counts.skipped,
        "failures": list(result.failures),
        "at": stamp(result.at),
        "revision": result.revision,
        "environments": list(result.environments),
        "mesh": result.mesh,
        "signer": result.signer,
        "key": result.key,
        "signature": str(result.seal),
        "runner": result.how.runner,
        "tool": result.how.tool,
        "argv": list(result.how.argv),
        "seconds": result.how.seconds,
        "bound": result.how.bound,
    }
