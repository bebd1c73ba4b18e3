"""Readiness of a selection as text and as JSON: GO or not, of whom, and why; knows no gate."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping

from tierline.facts.decision import Decision
from tierline.readiness.model import BatchReadiness, Readiness, Reason, ServiceReadiness
from tierline.report.layout import section, wrapped
from tierline.report.style import clean

SCHEMA = "tierline/readiness/1"
_WORST_FIRST = (Decision.NO_GO, Decision.HOLD, Decision.GO)


def readiness_json(readiness: Readiness) -> str:
    """The document `schemas/readiness-1.json`."""
    document = {
        "schema": SCHEMA,
        "environment": readiness.environment,
        "decision": str(readiness.decision),
        "reasons": [_reason(one) for one in readiness.release_reasons],
        "batches": [_batch(one) for one in readiness.batches],
        "services": [_service(one) for one in readiness.services.values()],
    }
    return json.dumps(document, indent=2) + "\n"


def _reason(reason: Reason) -> Mapping[str, object]:
    return {"code": reason.code, "message": reason.message}


def _batch(batch: BatchReadiness) -> Mapping[str, object]:
    return {"id": batch.id, "decision": str(batch.decision), "services": list(batch.services)}


def _service(service: ServiceReadiness) -> Mapping[str, object]:
    return {
        "service_id": service.service_id,
        "decision": str(service.decision),
        "reasons": [_reason(one) for one in service.reasons],
        "chain": list(service.chain),
    }


def readiness_text(readiness: Readiness, columns: int = 80) -> str:
    """Decision, batches, then each service that is not GO with its reasons and its chain."""
    stopped = [one for one in readiness.services.values() if one.decision is not Decision.GO]
    stopped.sort(key=lambda one: _WORST_FIRST.index(one.decision))
    noted = [
        one for one in readiness.services.values() if one.decision is Decision.GO and one.reasons
    ]
    lines = [
        *wrapped(_headline(readiness), columns, f"{readiness.decision}  "),
        *section("The release", _reasons(readiness.release_reasons, columns, "  ")),
        *section("Batches", _batches(readiness, columns)),
        *section("Not GO", [line for one in stopped for line in _told(one, columns)]),
        *section("GO, and worth knowing", [line for one in noted for line in _told(one, columns)]),
    ]
    return "\n".join(lines) + "\n"


def _headline(readiness: Readiness) -> str:
    counted = Counter(one.decision for one in readiness.services.values())
    counts = ", ".join(f"{counted[one]} {one}" for one in _WORST_FIRST if counted[one])
    return f"for {readiness.environment}: {counts or 'no service'}"


def _batches(readiness: Readiness, columns: int) -> list[str]:
    wide = max((len(clean(batch.id)) for batch in readiness.batches), default=0)
    lines: list[str] = []
    for batch in readiness.batches:
        first = f"  {clean(batch.id):<{wide}}  {batch.decision!s:<5}  "
        lines += wrapped(", ".join(batch.services), columns, first)
    return lines


def _told(service: ServiceReadiness, columns: int) -> list[str]:
    waits = ", which ".join(f"waits for {name}" for name in service.chain[1:])
    said = f"{service.service_id} {service.decision}" + (f", {waits}" if waits else "")
    return [
        *wrapped(said, columns, "  ", "      "),
        *_reasons(service.reasons, columns, "      "),
    ]


def _reasons(reasons: tuple[Reason, ...], columns: int, indent: str) -> list[str]:
    return [
        line
        for one in reasons
        for line in wrapped(f"{one.message} [{one.code}]", columns, indent, indent + "  ")
    ]
