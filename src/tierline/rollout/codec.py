"""Events <-> JSON, with a version per type, so that old journals stay readable.

A type whose fields change gets its next version: rows of older ones are read (new fields have
defaults), and an older tierline says that a newer one wrote the row instead of calling it damaged.
"""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from enum import Enum
from typing import Any, cast

from tierline.errors import PermanentError
from tierline.facts.decision import Severity
from tierline.rollout.events import (
    Action,
    BackStep,
    CheckpointReached,
    Command,
    CommandAccepted,
    EffectIntended,
    EffectSettled,
    Ending,
    Event,
    Judged,
    LeaseAcquired,
    NotBack,
    RollbackDecided,
    RolloutEnded,
    RolloutRequested,
    ServiceDegraded,
    ServiceJudged,
    ServiceObserved,
    ServiceRecovered,
    WatchBegan,
    WatchEnded,
    WatermarkRaised,
)

VERSION = 1
_VERSIONS = {
    "rollout.requested": 3,
    "command.accepted": 3,
    "rollout.ended": 2,
    "service.judged": 2,
}
"""types whose rows have fields or words that earlier versions did not have; all are read"""

_TYPES: dict[str, type[Event]] = {
    kind.TYPE: kind
    for kind in (
        RolloutRequested,
        LeaseAcquired,
        EffectIntended,
        EffectSettled,
        ServiceObserved,
        ServiceJudged,
        WatermarkRaised,
        RollbackDecided,
        CheckpointReached,
        CommandAccepted,
        RolloutEnded,
        WatchBegan,
        ServiceDegraded,
        ServiceRecovered,
        WatchEnded,
    )
}
_ENUMS: dict[tuple[str, str], type[Enum]] = {
    ("effect.intended", "action"): Action,
    ("service.judged", "verdict"): Judged,
    ("command.accepted", "command"): Command,
    ("rollout.ended", "ending"): Ending,
    ("service.degraded", "severity"): Severity,
}
_NESTED: dict[tuple[str, str], type[BackStep | NotBack]] = {
    ("rollback.decided", "steps"): BackStep,
    ("rollback.decided", "refusals"): NotBack,
}
"""fields that hold values of their own"""


def encode(event: Event) -> tuple[str, int, str]:
    """(type, version, body) of an event; the body is JSON in ASCII with sorted keys."""
    values = {field.name: getattr(event, field.name) for field in fields(event)}
    body = json.dumps(values, default=asdict, sort_keys=True, separators=(",", ":"))
    return event.TYPE, _VERSIONS.get(event.TYPE, VERSION), body


def decode(kind: str, version: int, body: str) -> Event:
    """The event of a row; PermanentError names a type, version or field that we do not know."""
    if kind not in _TYPES or version > _VERSIONS.get(kind, VERSION):
        raise PermanentError(
            f"journal row of type {kind} version {version} was written by a newer tierline",
            code="journal/newer",
            fix="use the version of tierline that wrote it",
        )
    try:
        values: dict[str, Any] = json.loads(body)
        for name, value in values.items():
            enum, nested = _ENUMS.get((kind, name)), _NESTED.get((kind, name))
            if nested is not None:
                values[name] = tuple(_nested(nested, one) for one in value)
            else:
                values[name] = enum(value) if enum else _frozen(value)
        return _TYPES[kind](**values)
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise PermanentError(
            f"journal row of type {kind} cannot be read: {error}",
            code="journal/damaged",
            fix="restore the state folder from a backup, or move it away to start anew",
        ) from error


def _nested(kind: type[BackStep | NotBack], fields: dict[str, Any]) -> BackStep | NotBack:
    values: dict[str, Any] = {name: _frozen(value) for name, value in fields.items()}
    return kind(**values)


def _frozen(value: object) -> object:
    return tuple(cast("list[object]", value)) if isinstance(value, list) else value
