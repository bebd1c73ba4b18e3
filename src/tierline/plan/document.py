"""Plan <-> plan file; knows the format, and refuses every document that does not hold together."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import NoReturn, cast

from pydantic import ValidationError

from tierline.errors import UsageError
from tierline.facts.revision import Part, Revision, digest_of
from tierline.plan.consistent import contradictions
from tierline.plan.digest import Json, canonical, digest, rules_json
from tierline.plan.model import (
    SCHEMA,
    Batch,
    Blocker,
    Overruled,
    Plan,
    PlannedService,
    Rules,
)
from tierline.plan.wire import PartsShape, PlanShape, RulesShape, ServiceShape
from tierline.policy.model import Limits

LARGEST = 256 * 1024 * 1024
"""characters; a plan of 10,000 services has 20 million"""
_SHOWN = 20


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
    given = _read(text)
    try:
        shape = PlanShape.model_validate_json(text)
    except ValidationError as error:
        _refuse([_told(e["loc"], e["msg"]) for e in error.errors(include_url=False)], error)
    plan = _plan(shape)
    problems = contradictions(plan)
    problems += _revisions(shape)
    if digest(plan) != shape.digest:
        problems.append(f"digest: says {shape.digest}, the content has {digest(plan)}")
    elif given.get("checksum") != as_document(plan)["checksum"]:
        problems.append("checksum: the content has another one, so something unbound was edited")
    if problems:
        _refuse(problems, None)
    return plan


def as_document(plan: Plan) -> Json:
    """The plan file as JSON values, fields in the order in which they are written."""
    document: dict[str, object] = {
        "schema": SCHEMA,
        "digest": plan.digest,
        "environment": plan.environment,
        "target": plan.target,
        "mesh": plan.mesh,
        "selection": plan.selection,
        "decision": plan.decision,
        "services": [_service(service) for service in plan.services],
        "batches": [
            {
                "id": b.id,
                "effective_tier": b.effective_tier,
                "level": b.level,
                "services": list(b.services),
            }
            for b in plan.batches
        ],
        "overruled": [
            {
                "service_id": o.service_id,
                "tier": o.tier,
                "effective_tier": o.effective_tier,
                "because": o.because,
            }
            for o in plan.overruled
        ],
        "blockers": [
            {
                "code": b.code,
                "service_id": b.service_id,
                "message": b.message,
                "chain": list(b.chain),
            }
            for b in plan.blockers
        ],
        "outside": dict(plan.outside),
        "rules": rules_json(plan.rules),
        "policy_digest": plan.policy_digest,
        "bound_seconds": float(plan.bound_seconds),
        "bound_untiered_seconds": float(plan.bound_untiered_seconds),
    }
    return {**document, "checksum": digest_of([canonical(document)])}


def _service(service: PlannedService) -> Json:
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
        "parts": {
            "source": {part.name: part.digest for part in service.revision.source},
            "configuration": {part.name: part.digest for part in service.revision.configuration},
        },
    }


def _lines(value: object) -> str:
    if isinstance(value, list) and value:
        items = (json.dumps(item, allow_nan=False) for item in cast("list[object]", value))
        return "[\n  " + ",\n  ".join(items) + "\n]"
    return json.dumps(value, allow_nan=False)


def _read(text: str) -> Mapping[str, object]:
    if len(text) > LARGEST:
        _refuse([f"it has {len(text)} characters, a plan at most {LARGEST}"], None)
    twice: list[str] = []

    def pairs(items: list[tuple[str, object]]) -> dict[str, object]:
        value = dict(items)
        if len(value) < len(items):
            names = [name for name, _ in items]
            twice.extend(sorted({name for name in names if names.count(name) > 1}))
        return value

    try:
        value: object = json.loads(text, object_pairs_hook=pairs)
    except json.JSONDecodeError as error:
        _refuse([f"line {error.lineno}, column {error.colno}: {error.msg}"], error)
    except (ValueError, RecursionError) as error:
        _refuse(["it is nested too deeply or holds a number too long to be a plan"], error)
    if not isinstance(value, dict):
        _refuse(["it is not a JSON object"], None)
    fields = cast("Mapping[str, object]", value)
    if (schema := fields.get("schema")) != SCHEMA:
        told = f"schema is {json.dumps(schema)[:80]}" if "schema" in fields else "it has no schema"
        _refuse([f"{told}, this version reads {SCHEMA}"], None)
    if twice:
        _refuse([f"key {json.dumps(name)} is given twice in one object" for name in twice], None)
    return fields


def _refuse(problems: list[str], cause: Exception | None) -> NoReturn:
    shown = problems[:_SHOWN]
    if len(problems) > _SHOWN:
        shown.append(f"and {len(problems) - _SHOWN} more")
    raise UsageError(
        "this plan file cannot be used: " + "; ".join(shown),
        code="plan/unusable",
        fix="make it again with `tierline plan -o FILE`; a plan file is never edited",
    ) from cause


def _told(location: tuple[int | str, ...], message: str) -> str:
    path = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in location)
    return f"{path.lstrip('.') or 'document'}: {message[:1].lower()}{message[1:]}"


def _revisions(shape: PlanShape) -> list[str]:
    return [
        f"services.{s.service_id}.revision: says {s.revision}, its parts have {found}"
        for s in shape.services
        if (found := _revision(s.parts).id) != s.revision
    ]


def _revision(parts: PartsShape) -> Revision:
    source = tuple(Part(name, value) for name, value in parts.source.items())
    return Revision(source, tuple(Part(name, value) for name, value in parts.configuration.items()))


def _plan(shape: PlanShape) -> Plan:
    return Plan(
        digest=shape.digest,
        environment=shape.environment,
        target=shape.target,
        mesh=shape.mesh,
        selection=shape.selection,
        decision=shape.decision,
        services=tuple(_planned(service) for service in shape.services),
        batches=tuple(Batch(b.id, b.effective_tier, b.level, b.services) for b in shape.batches),
        overruled=tuple(
            Overruled(o.service_id, o.tier, o.effective_tier, o.because) for o in shape.overruled
        ),
        blockers=tuple(Blocker(b.code, b.service_id, b.message, b.chain) for b in shape.blockers),
        outside=shape.outside,
        rules=_rules(shape.rules),
        policy_digest=shape.policy_digest,
        bound_seconds=shape.bound_seconds,
        bound_untiered_seconds=shape.bound_untiered_seconds,
    )


def _planned(shape: ServiceShape) -> PlannedService:
    return PlannedService(
        service_id=shape.service_id,
        tier=shape.tier,
        effective_tier=shape.effective_tier,
        level=shape.level,
        batch=shape.batch,
        owners=shape.owners,
        outside=shape.outside,
        externals=shape.externals,
        revision=_revision(shape.parts),
        workloads=shape.workloads,
        serves_http=shape.serves_http,
        decision=shape.decision,
        expected_seconds=shape.expected_seconds,
        rank=shape.rank,
        argv=shape.argv,
    )


def _rules(shape: RulesShape) -> Rules:
    return Rules(
        tiers=shape.tiers,
        on_failure=shape.on_failure,
        on_tier_failure=shape.on_tier_failure,
        limits=Limits(**shape.limits.model_dump()),
        signals=shape.signals,
    )
