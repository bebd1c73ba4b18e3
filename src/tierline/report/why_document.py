"""Why a service stands where it stands, as one JSON document: `schemas/why-1.json` describes it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict

from tierline.report.times import stamp
from tierline.report.why import SCHEMA, Judgement, Why
from tierline.report.why_back import RULE, Retreat
from tierline.verification.model import Expectation


def why_json(one: Why) -> str:
    """The document, indented, in ASCII, with one line feed at its end."""
    meaning = one.meaning
    document = {
        "schema": SCHEMA,
        "service_id": one.service_id,
        "rollout_id": one.rollout_id,
        "environment": one.environment,
        "mesh": one.mesh,
        "planned": one.planned,
        "state": one.state,
        "decision": str(one.decision),
        "since": stamp(one.since),
        "attempts": one.attempts,
        "code": one.code,
        "reason": one.reason,
        "meaning": meaning and {"title": meaning.title, "why": meaning.why, "fix": meaning.fix},
        "blocked_by": [
            {"kind": str(each.kind), "by": each.by, "message": each.message}
            for each in one.blocked_by
        ],
        "chain": [asdict(each) for each in one.chain],
        "judgement": one.judgement and _judgement(one.judgement),
        "rollback": one.retreat and _retreat(one.retreat),
        "history": [
            {
                "seq": each.seq,
                "at": stamp(each.at),
                "type": each.type,
                "message": each.words,
                "state": each.state or None,
            }
            for each in one.history
        ],
    }
    return json.dumps(document, indent=2) + "\n"


def _judgement(one: Judgement) -> Mapping[str, object]:
    return {
        "at": stamp(one.at),
        "verdict": one.verdict,
        "code": one.code,
        "message": one.message,
        "same_when_judged_again": one.same,
        "trouble": one.trouble,
        "conditions": [
            {
                "name": each.name,
                "status": str(each.status),
                "code": each.code,
                "message": each.message,
            }
            for each in one.conditions
        ],
        "facts": [
            {
                "what": each.what,
                "value": each.value,
                "instance": each.instance or None,
                "age_seconds": round(each.age, 3),
            }
            for each in one.facts
        ],
        "rule": one.expectation and _rule(one.expectation),
    }


def _retreat(one: Retreat) -> Mapping[str, object]:
    return {
        "at": stamp(one.at),
        "decision": one.said,
        "service": one.part,
        "facts": list(one.facts),
        "rule": list(RULE),
        "same_when_decided_again": one.same,
    }


def _rule(one: Expectation) -> Mapping[str, object]:
    return {
        "revision": one.revision or None,
        "since": stamp(one.since),
        "workloads": list(one.workloads),
        "owners": list(one.owners),
        "signals": {str(kind): str(demand) for kind, demand in one.signals.items()},
        "serves_http": one.serves_http,
        "watched": one.fresh is not None,
        "status_only": one.status_only,
        "limits": asdict(one.limits),
    }
