"""Checklists as one JSON document for machines, as `schemas/register-1.json` describes it."""

from __future__ import annotations

import json
from collections.abc import Mapping

from tierline.mesh.defect import Place
from tierline.readiness.register import Checklist, Item
from tierline.report.register_text import Registration

SCHEMA = "tierline/register/1"
_NOWHERE = Place("")


def register_json(made: Registration) -> str:
    """The document, indented, in ASCII (so no character can act on a terminal), one line feed."""
    return json.dumps(register_document(made), indent=2) + "\n"


def register_document(made: Registration) -> Mapping[str, object]:
    """The document as plain values, services in the order of the selection."""
    return {
        "schema": SCHEMA,
        "environment": made.environment,
        "decision": str(made.decision),
        "dry_run": made.dry_run,
        "path": made.path,
        "registered": list(made.registered),
        "services": [_service(one) for one in made.checklists],
    }


def _service(one: Checklist) -> Mapping[str, object]:
    return {
        "service_id": one.service_id,
        "listed_already": one.listed,
        "decision": str(one.decision),
        "items": [_item(item) for item in one.items],
    }


def _item(item: Item) -> Mapping[str, object]:
    place = item.place or _NOWHERE
    return {
        "rule": item.name,
        "status": str(item.status),
        "message": item.message,
        "path": place.path,
        "line": place.line,
        "column": place.column,
        "fix": item.fix,
    }
