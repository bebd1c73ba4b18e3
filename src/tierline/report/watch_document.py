"""A watch as one JSON document, as `schemas/watch-1.json` describes it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict

from tierline.facts.instant import Instant
from tierline.report.issues import issue_document
from tierline.report.times import stamp
from tierline.report.watching import SCHEMA, WatchReport
from tierline.rollout.watch import Degradation


def watch_json(report: WatchReport) -> str:
    """The document, indented, in ASCII, with one line feed at its end."""
    document = {
        "schema": SCHEMA,
        "rollout_id": report.rollout_id,
        "plan_digest": report.plan_digest,
        "mesh": report.mesh,
        "environment": report.environment,
        "target": report.target,
        "decision": str(report.decision),
        "reason": report.reason,
        "began_at": stamp(report.began_at),
        "ended_at": stamp(report.ended_at),
        "seconds": report.seconds,
        "sustained_seconds": report.sustained_seconds,
        "services": [
            {
                "service_id": one.service_id,
                "state": one.state,
                "decision": str(one.decision),
                "code": one.code,
                "reason": one.reason,
            }
            for one in report.services
        ],
        "degradations": [_degradation(one, report.ended_at) for one in report.degradations],
        "issues": [issue_document(one) for one in report.issues],
        "follow_up": [asdict(one) for one in report.follow_up],
        "break_glass": report.break_glass,
        "evidence": report.evidence,
    }
    return json.dumps(document, indent=2) + "\n"


def _degradation(one: Degradation, ended_at: Instant | None) -> Mapping[str, object]:
    until = one.until or ended_at
    return {
        "service_id": one.service_id,
        "since": stamp(one.since),
        "until": stamp(one.until),
        "seconds": None if until is None else round(until - one.since, 3),
        "severity": str(one.severity),
        "code": one.code,
        "message": one.message,
        "because": one.because or None,
        "sustained": one.sustained,
    }
