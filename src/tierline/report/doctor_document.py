"""What a machine lacks, as one JSON document, as `schemas/doctor-1.json` describes it."""

from __future__ import annotations

import json
from collections.abc import Mapping

from tierline.machine.model import Examination, Point

SCHEMA = "tierline/doctor/1"


def doctor_json(found: Examination) -> str:
    """The document, indented, in ASCII (so no character can act on a terminal), one line feed."""
    needs = found.needs
    document = {
        "schema": SCHEMA,
        "decision": str(found.decision),
        "mesh": needs.mesh or None,
        "environment": needs.environment or None,
        "target": needs.target or None,
        "points": [_point(point) for point in found.points],
        "not_needed": list(found.not_needed),
    }
    return json.dumps(document, indent=2) + "\n"


def _point(point: Point) -> Mapping[str, object]:
    return {
        "id": point.id,
        "status": str(point.status),
        "required": point.required,
        "needed_for": point.needed_for,
        "services": list(point.services),
        "fact": point.fact,
        "fix": point.fix,
    }
