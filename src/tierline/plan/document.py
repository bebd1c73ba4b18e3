"""Plan <-> plan file; knows how one is written, and leaves to `reading` what may be wrong in one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from typing import cast

from tierline.facts.revision import digest_of
from tierline.plan.digest import Json, canonical, rules_json
from tierline.plan.model import SCHEMA, Batch, Blocker, LeftOut, Plan, PlannedService

_line = json.JSONEncoder(allow_nan=False).encode


def to_json(plan: Plan) -> str:
    """The plan file: one line a field, and one line an item of a list, so that diffs can be read.

    Raises ValueError for a plan with numbers that JSON does not have.
    """
    document = as_document(plan)
    fields = (f"{json.dumps(name)}: {_lines(value)}" for name, value in document.items())
    return "{\n" + ",\n".join(fields) + "\n}\n"


def from_json(text: str) -> Plan:
    """The plan of a plan file.

    Raises UsageError that names everything that is wrong: no JSON, keys given twice, another
    schema, ill-typed or missing or additional fields, contradictions, a digest or checksum that
    the content does not have (the file was edited or cut after it was made).
    """
    from tierline.plan.reading import read  # noqa: PLC0415 - pydantic is slow to import

    return read(text)


def as_document(plan: Plan) -> Json:
    """The plan file as JSON values, fields in the order in which they are written."""
    together: Json = {"together": list(plan.together)} if plan.together else {}
    document: dict[str, object] = {
        "schema": SCHEMA,
        "digest": plan.digest,
        "environment": plan.environment,
        "target": plan.target,
        "mesh": plan.mesh,
        "selection": plan.selection,
        "decision": plan.decision,
        "services": [_service(service) for service in plan.services],
        "batches": [_batch(batch) for batch in plan.batches],
        "overruled": [
            {
                "service_id": o.service_id,
                "tier": o.tier,
                "effective_tier": o.effective_tier,
                "because": o.because,
            }
            for o in plan.overruled
        ],
        "blockers": [_blocker(one) for one in plan.blockers],
        "outside": dict(plan.outside),
        "rules": rules_json(plan.rules),
        "policy_digest": plan.policy_digest,
        "bound_seconds": float(plan.bound_seconds),
        "bound_untiered_seconds": float(plan.bound_untiered_seconds),
        "checkpoint": plan.checkpoint,
        "ready_only": plan.ready_only,
        "left_out": [_left_out(one) for one in plan.left_out],
        "compared": plan.compared,
        **_foresight(plan),
        **_boundaries(plan),
        **together,
    }
    return {**document, "checksum": checksum(document)}


def _batch(batch: Batch) -> Json:
    return {
        "id": batch.id,
        "effective_tier": batch.effective_tier,
        "level": batch.level,
        "services": list(batch.services),
    }


def _foresight(plan: Plan) -> dict[str, object]:
    return {} if plan.foresight is None else {"foresight": _written(plan.foresight)}


def _written(value: object) -> object:
    """As `asdict` in a fifth of its time: nothing is copied that is not written otherwise."""
    names = _fields(type(value))
    if names is not None:
        return {name: _written(getattr(value, name)) for name in names}
    if isinstance(value, Mapping):
        known = cast("Mapping[str, object]", value)
        return {name: _written(one) for name, one in known.items()}
    if isinstance(value, tuple):
        return [_written(one) for one in cast("tuple[object, ...]", value)]
    return value


@cache
def _fields(kind: type) -> tuple[str, ...] | None:
    return tuple(one.name for one in fields(kind)) if is_dataclass(kind) else None


def _boundaries(plan: Plan) -> dict[str, object]:
    return {} if plan.boundaries is None else {"boundaries": _written(plan.boundaries)}


def checksum(document: Json) -> str:
    """Over every field of a plan file but this one."""
    return digest_of([canonical({k: v for k, v in document.items() if k != "checksum"})])


def _blocker(one: Blocker) -> Json:
    return {
        "code": one.code,
        "service_id": one.service_id,
        "message": one.message,
        "chain": list(one.chain),
    }


def _left_out(one: LeftOut) -> Json:
    return {
        "service_id": one.service_id,
        "decision": one.decision,
        "code": one.code,
        "message": one.message,
        "chain": list(one.chain),
        "batch": one.batch,
        "effective_tier": one.effective_tier,
    }


def _service(service: PlannedService) -> Json:
    """Older plan files know no `after` and no `brings`: what is empty is not written."""
    after: Json = {"after": list(service.after)} if service.after else {}
    brings: Json = {"brings": list(service.brings)} if service.brings else {}
    return {
        "service_id": service.service_id,
        "tier": service.tier,
        "effective_tier": service.effective_tier,
        "level": service.level,
        "batch": service.batch,
        "owners": list(service.owners),
        "outside": list(service.outside),
        "externals": list(service.externals),
        "revision": service.revision.id,
        "decision": service.decision,
        "workloads": list(service.workloads),
        "serves_http": service.serves_http,
        "expected_seconds": float(service.expected_seconds),
        "rank": service.rank,
        "argv": {name: list(argv) for name, argv in service.argv.items()},
        **after,
        **brings,
        "parts": {
            "source": {part.name: part.digest for part in service.revision.source},
            "configuration": {part.name: part.digest for part in service.revision.configuration},
        },
    }


def _lines(value: object) -> str:
    if isinstance(value, list) and value:
        items = map(_line, cast("list[object]", value))
        return "[\n  " + ",\n  ".join(items) + "\n]"
    return _line(value)
