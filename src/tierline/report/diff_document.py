"""What a release would change of a cluster's objects, as `schemas/diff-1.json` describes it."""

from __future__ import annotations

import json
from collections.abc import Mapping

from tierline.facts.difference import Comparison, ObjectChange, ServiceChange
from tierline.report.diff_text import headline

SCHEMA = "tierline/diff/1"


def diff_json(found: Comparison) -> str:
    """The document, indented, in ASCII."""
    return json.dumps(diff_document(found), indent=2) + "\n"


def diff_document(found: Comparison) -> Mapping[str, object]:
    """The document as plain values; values of fields are JSON texts, null where there is none."""
    return {
        "schema": SCHEMA,
        "mesh": found.mesh,
        "environment": found.environment,
        "place": found.place,
        "decision": str(found.decision),
        "summary": headline(found),
        "services": [_service(one) for one in found.services],
        "orphans": [
            {"service_id": one.service_id, "kind": one.kind, "name": one.name}
            for one in found.orphans
        ],
        "not_applied": list(found.loose),
    }


def _service(service: ServiceChange) -> Mapping[str, object]:
    return {
        "service_id": service.service_id,
        "decision": str(service.decision),
        "hindrances": [
            {"code": one.code, "message": one.message, "unknown": one.unknown}
            for one in service.hindrances
        ],
        "objects": [_object(one) for one in service.objects],
    }


def _object(one: ObjectChange) -> Mapping[str, object]:
    return {
        "kind": one.kind,
        "name": one.name,
        "change": str(one.change),
        "code": one.code,
        "reason": one.reason,
        "fields": [
            {"path": field.path, "before": field.before or None, "after": field.after or None}
            for field in one.fields
        ],
    }
