"""Readiness as one JSON document for machines, as `schemas/readiness-1.json` describes it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from tierline.readiness.model import BatchReadiness, Readiness, Reason, ServiceReadiness
from tierline.report.check_document import reference_document

SCHEMA = "tierline/readiness/1"


def ready_json(readiness: Readiness) -> str:
    """The document, indented, in ASCII (so no character can act on a terminal), one line feed."""
    return json.dumps(ready_document(readiness), indent=2) + "\n"


def ready_document(readiness: Readiness) -> Mapping[str, object]:
    """The document as plain values; `reasons` at the top concern the release as a whole."""
    return {
        "schema": SCHEMA,
        "environment": readiness.environment,
        "decision": str(readiness.decision),
        "reference": reference_document(readiness.reference),
        "reasons": _reasons(readiness.release_reasons),
        "batches": [_batch(batch) for batch in readiness.batches],
        "services": [_service(one) for one in readiness.services.values()],
    }


def _batch(batch: BatchReadiness) -> Mapping[str, object]:
    return {
        "id": batch.id,
        "decision": str(batch.decision),
        "services": list(batch.services),
    }


def _service(one: ServiceReadiness) -> Mapping[str, object]:
    return {
        "service_id": one.service_id,
        "decision": str(one.decision),
        "reasons": _reasons(one.reasons),
        "chain": list(one.chain),
    }


def _reasons(reasons: Iterable[Reason]) -> list[Mapping[str, str]]:
    return [{"code": reason.code, "message": reason.message} for reason in reasons]
