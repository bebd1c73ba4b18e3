"""A report as one JSON document for machines, as `schemas/report-1.json` describes it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict

from tierline.report.admission import admission_document
from tierline.report.issues import issue_document
from tierline.report.model import SCHEMA, BatchReport, Report, ServiceReport, Watched
from tierline.report.times import stamp


def to_json(report: Report) -> str:
    """The document, indented, in ASCII (so no character can act on a terminal), one line feed."""
    return json.dumps(document(report), indent=2) + "\n"


def document(report: Report) -> Mapping[str, object]:
    """The document as plain values. Times are ISO 8601 in UTC, or null."""
    return {
        "schema": SCHEMA,
        "rollout_id": report.rollout_id,
        "plan_digest": report.plan_digest,
        "mesh": report.mesh,
        "environment": report.environment,
        "target": report.target,
        "decision": str(report.decision),
        "state": report.state,
        "reason": report.reason,
        "checkpoint": report.checkpoint or None,
        "requested_at": stamp(report.requested_at),
        "ended_at": stamp(report.ended_at),
        "bound_seconds": round(report.bound_seconds, 3),
        "order": list(report.order),
        "services": [_service(one) for one in report.services],
        "batches": [_batch(one) for one in report.batches],
        "blockers": [asdict(one) for one in report.blockers],
        "overruled": [asdict(one) for one in report.overruled],
        "rollback": [asdict(one) for one in report.rollback],
        "rollback_refused": [asdict(one) for one in report.rollback_refused],
        "rollback_remarks": list(report.rollback_remarks),
        "issues": [issue_document(one) for one in report.issues],
        "follow_up": [asdict(one) for one in report.follow_up],
        "watch": _watch(report.watch),
        "evidence": report.evidence,
        "boundaries": asdict(report.boundaries) if report.boundaries else None,
        **admission_document(report),
    }


def _watch(one: Watched | None) -> Mapping[str, object] | None:
    if one is None:
        return None
    return {
        "decision": str(one.decision),
        "reason": one.reason,
        "began_at": stamp(one.began_at),
        "ended_at": stamp(one.ended_at),
        "seconds": one.seconds,
    }


def _batch(batch: BatchReport) -> Mapping[str, object]:
    return {
        "id": batch.id,
        "decision": str(batch.decision),
        "services": [one.service_id for one in batch.services],
    }


def _service(one: ServiceReport) -> Mapping[str, object]:
    return {
        "service_id": one.service_id,
        "state": one.state,
        "decision": str(one.decision),
        "code": one.code,
        "reason": one.reason,
        "blocked_by": [
            {"kind": str(each.kind), "by": each.by, "message": each.message}
            for each in one.blocked_by
        ],
        "chain": list(one.chain),
        "attempts": one.attempts,
        "started_at": stamp(one.started_at),
        "verified_at": stamp(one.verified_at),
        "revision": one.revision,
        "batch": one.batch,
        "effective_tier": one.effective_tier,
    }
