"""A run of suites as one JSON document, as `schemas/tests-1.json` describes it."""

from __future__ import annotations

import json
from collections.abc import Mapping

from tierline.report.suites import SuiteLine, SuitesRun

SCHEMA = "tierline/tests/1"


def suites_json(run: SuitesRun) -> str:
    """The document, indented, in ASCII (so no character can act on a terminal), one line feed."""
    return json.dumps(suites_document(run), indent=2) + "\n"


def suites_document(run: SuitesRun) -> Mapping[str, object]:
    """The document as plain values, services in the order of the selection."""
    return {
        "schema": SCHEMA,
        "environment": run.environment,
        "environments": list(run.environments),
        "decision": str(run.decision),
        "seconds": round(run.seconds, 3),
        "signer": run.signer or None,
        "key": run.key or None,
        "services": [
            {
                "service_id": service_id,
                "revision": lines[0].revision or None,
                "suites": [_suite(line) for line in lines],
            }
            for service_id, lines in run.by_service().items()
        ],
    }


def _suite(line: SuiteLine) -> Mapping[str, object]:
    return {
        "suite": str(line.suite),
        "end": line.end,
        "decision": str(line.decision),
        "passed": line.counts.passed,
        "failed": line.counts.failed,
        "skipped": line.counts.skipped,
        "seconds": round(line.seconds, 3),
        "runner": line.runner or None,
        "argv": list(line.argv),
        "failures": list(line.failures),
        "reason": line.reason,
        "output": line.output,
        "evidence": line.kept,
    }
