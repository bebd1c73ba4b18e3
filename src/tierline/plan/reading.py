"""A plan from a plan file, or everything that is wrong with the file; trusts nothing in it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import NoReturn, cast

from pydantic import ValidationError

from tierline.errors import UsageError
from tierline.facts.revision import Part, Revision
from tierline.plan.consistent import contradictions
from tierline.plan.digest import digest
from tierline.plan.document import as_document, checksum
from tierline.plan.model import (
    SCHEMA,
    Batch,
    Blocker,
    LeftOut,
    Overruled,
    Plan,
    PlannedService,
    Rules,
)
from tierline.plan.wire import PartsShape, PlanShape, RulesShape, ServiceShape
from tierline.policy.model import Limits

LARGEST = 256 * 1024 * 1024
"""characters; a plan of 10,000 services has 10 million"""
_SHOWN = 20


def read(text: str) -> Plan:
    """As `tierline.plan.document.from_json`, which imports this module late."""
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
    elif given.get("checksum") != _checksum(plan, given):
        problems.append("checksum: the content has another one, so something unbound was edited")
    if problems:
        _refuse(problems, None)
    return plan


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


def _checksum(plan: Plan, given: Mapping[str, object]) -> str:
    """What the checksum should be. A field that older files lack is not in theirs."""
    return checksum({k: v for k, v in as_document(plan).items() if k in given})


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
        checkpoint=shape.checkpoint,
        ready_only=shape.ready_only,
        left_out=tuple(LeftOut(**one.model_dump()) for one in shape.left_out),
        compared=shape.compared,
        foresight=shape.foresight,
        boundaries=shape.boundaries,
        together=shape.together,
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
        after=shape.after,
        brings=shape.brings,
    )


def _rules(shape: RulesShape) -> Rules:
    return Rules(
        tiers=shape.tiers,
        on_failure=shape.on_failure,
        on_tier_failure=shape.on_tier_failure,
        limits=Limits(**shape.limits.model_dump()),
        signals=shape.signals,
        status_only=shape.evidence == "status-only",
        on_boundary=shape.on_boundary,
    )
