"""`can-roll` as one JSON document, as `schemas/can-roll-1.json` describes it."""

from __future__ import annotations

import json
from collections.abc import Mapping

from tierline.boundary.can_roll import CanRoll, Row
from tierline.boundary.closure import Forced
from tierline.boundary.horizon import Lost
from tierline.boundary.model import Boundary
from tierline.boundary.order import Refusal
from tierline.boundary.words import meeting, way_back
from tierline.contracts.change import Change
from tierline.report.can_roll_words import follow_up, headline

SCHEMA = "tierline/can-roll/1"
Json = Mapping[str, object]


def can_roll_json(answer: CanRoll, environment: str) -> str:
    """The document, indented, in ASCII."""
    return json.dumps(can_roll_document(answer, environment), indent=2) + "\n"


def can_roll_document(answer: CanRoll, environment: str) -> Json:
    """The document as plain values."""
    return {
        "schema": SCHEMA,
        "environment": environment,
        "decision": str(answer.decision),
        "means": str(answer.means),
        "summary": headline(answer, environment),
        "asked": list(answer.closed.asked),
        "services": list(answer.closed.services),
        "forced": [_forced(answer, one) for one in answer.closed.forced.values()],
        "order": [
            {"service_id": name, "after": list(before)}
            for name, before in answer.order.after.items()
        ],
        "refused": [_refused(answer, one) for one in answer.order.refused],
        "ways_back": [_way_back(answer, one) for one in answer.lost],
        "matrix": [_row(row) for row in answer.rows],
        "next": follow_up(answer, environment),
    }


def boundary_document(boundary: Boundary) -> Json:
    """A boundary as plain values; `contract` null where there is no file."""
    return {
        "consumer": boundary.consumer,
        "provider": boundary.provider,
        "contract": boundary.contract or None,
        "reads_data": boundary.binds,
    }


def _forced(answer: CanRoll, one: Forced) -> Json:
    return {
        "service_id": one.service_id,
        "by": one.by,
        "boundary": boundary_document(one.boundary),
        "message": meeting(answer.matrix, one.boundary, one.met),
    }


def _refused(answer: CanRoll, one: Refusal) -> Json:
    return {
        "why": str(one.why),
        "boundary": boundary_document(one.boundary),
        "chain": list(one.chain),
        "message": meeting(answer.matrix, one.boundary, one.met),
    }


def _way_back(answer: CanRoll, one: Lost) -> Json:
    return {
        "service_id": one.boundary.consumer,
        "revision": one.revision,
        "boundary": boundary_document(one.boundary),
        "fits": str(one.judgement.fit),
        "message": way_back(answer.matrix, one),
    }


def _row(row: Row) -> Json:
    return {
        **boundary_document(row.boundary),
        "consumer_revision": row.consumer,
        "provider_revision": row.provider,
        "fits": str(row.judgement.fit),
        "judged_by": str(row.judgement.basis),
        "message": row.judgement.message,
        "changes": [_change(one) for one in row.judgement.changes],
    }


def _change(one: Change) -> Json:
    spot = one.new or one.old
    return {
        "rule": one.rule,
        "subject": one.subject,
        "message": one.message,
        "pointer": spot.pointer if spot else None,
    }
