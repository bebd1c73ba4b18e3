"""Statement <-> `tierline/approval/1`: the bytes that are signed; knows no key and no signature."""

from __future__ import annotations

import datetime as dt

from tierline.errors import UsageError
from tierline.facts.approval import Act, Statement
from tierline.facts.instant import Instant
from tierline.plan.digest import Json, canonical

SCHEMA = "tierline/approval/1"


def as_document(statement: Statement) -> Json:
    """The document as JSON values; whether it is genuine is not part of it."""
    return {
        "schema": SCHEMA,
        "act": str(statement.act),
        "plan_digest": statement.plan_digest,
        "environment": statement.environment,
        "mesh": statement.mesh,
        "approver": statement.approver,
        "key": statement.key,
        "at": stamp(statement.at),
    }


def payload(statement: Statement) -> bytes:
    """The one spelling of the document, which is what gets signed."""
    return canonical(as_document(statement)).encode("ascii")


def read_payload(content: bytes) -> Statement:
    """The statement in signed bytes, not yet found genuine; UsageError where it is none."""
    from pydantic import ValidationError  # noqa: PLC0415 - slow to import

    from tierline.plan.approval_wire import StatementShape  # noqa: PLC0415 - it needs pydantic

    try:
        shape = StatementShape.model_validate_json(content)
        at = dt.datetime.fromisoformat(shape.at).timestamp()
    except (ValidationError, ValueError, OverflowError) as error:
        raise UsageError(
            "what is signed is not an approval",
            code="approval/unusable",
            fix="ask the approver for it again: tierline approve PLAN -o FILE",
        ) from error
    return Statement(
        act=Act(shape.act),
        plan_digest=shape.plan_digest,
        environment=shape.environment,
        mesh=shape.mesh,
        approver=shape.approver,
        key=shape.key,
        at=at,
    )


def stamp(at: Instant) -> str:
    """ISO 8601 in UTC with microseconds."""
    told = dt.datetime.fromtimestamp(at, dt.UTC).isoformat(timespec="microseconds")
    return told.replace("+00:00", "Z")
