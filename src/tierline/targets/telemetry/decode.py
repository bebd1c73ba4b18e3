"""Reads OTLP bodies, JSON or protobuf, into counts per sender; keeps nothing of their content."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from tierline.facts.evidence import SignalKind
from tierline.frozen import frozen

_SERVER: Final = (2, "SPAN_KIND_SERVER")
_ERROR: Final = (2, "STATUS_CODE_ERROR")
_SERVICE, _VERSION, _INSTANCE = "service.name", "service.version", "service.instance.id"
_LONGEST = 200

_JSON_NAMES: Final = {
    SignalKind.LOGS: ("resourceLogs", "scopeLogs", "logRecords"),
    SignalKind.METRICS: ("resourceMetrics", "scopeMetrics", "metrics"),
    SignalKind.TRACES: ("resourceSpans", "scopeSpans", "spans"),
}
_PROTOBUF_NAMES: Final = {
    SignalKind.LOGS: ("resource_logs", "scope_logs", "log_records"),
    SignalKind.METRICS: ("resource_metrics", "scope_metrics", "metrics"),
    SignalKind.TRACES: ("resource_spans", "scope_spans", "spans"),
}


class BadBody(ValueError):  # noqa: N818 - said about a body, not about a program
    """The body is not what its content type says; the message names the deciding fact."""


@frozen
class Batch:
    """What one resource sent: `items` log records, metrics or spans.

    `requests` are the spans of served requests, `errors` those of them that ended in an error.
    """

    service: str
    version: str
    instance: str
    items: int
    requests: int = 0
    errors: int = 0


def from_json(kind: SignalKind, body: bytes) -> tuple[Batch, ...]:
    """OTLP/JSON as the protocol's own mapping writes it (lowerCamelCase, enums as numbers)."""
    try:
        found: Any = json.loads(body)
        resources, scopes, items = _JSON_NAMES[kind]
        return tuple(
            _batch(
                _json_attributes(entry.get("resource") or {}),
                [item for scope in entry.get(scopes) or () for item in scope.get(items) or ()],
                _json_request if kind is SignalKind.TRACES else None,
            )
            for entry in found.get(resources) or ()
        )
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError) as error:
        raise BadBody(f"no OTLP/JSON of {kind}: {type(error).__name__}: {error}") from error


def from_protobuf(kind: SignalKind, body: bytes) -> tuple[Batch, ...]:
    """OTLP/protobuf."""
    from tierline.targets.telemetry import protobuf  # noqa: PLC0415 - costs 60 ms, rarely needed

    message = protobuf.parse(kind, body)
    if message is None:
        raise BadBody(f"no OTLP/protobuf of {kind}")
    resources, scopes, items = _PROTOBUF_NAMES[kind]
    return tuple(
        _batch(
            {each.key: each.value.string_value for each in entry.resource.attributes},
            [item for scope in getattr(entry, scopes) for item in getattr(scope, items)],
            _protobuf_request if kind is SignalKind.TRACES else None,
        )
        for entry in getattr(message, resources)
    )


def _batch(attributes: Mapping[str, str], items: Iterable[Any], request: Any) -> Batch:
    seen = list(items)
    judged = [request(item) for item in seen] if request else []
    return Batch(
        service=attributes.get(_SERVICE, "")[:_LONGEST],
        version=attributes.get(_VERSION, "")[:_LONGEST],
        instance=attributes.get(_INSTANCE, "")[: 2 * _LONGEST],
        items=len(seen),
        requests=sum(served for served, _ in judged),
        errors=sum(served and failed for served, failed in judged),
    )


def _json_attributes(resource: Mapping[str, Any]) -> Mapping[str, str]:
    return {
        str(each["key"]): str(_object(each.get("value")).get("stringValue", ""))
        for each in resource.get("attributes") or ()
    }


def _object(value: Any) -> Mapping[str, Any]:
    return value or {}


def _json_request(span: Mapping[str, Any]) -> tuple[bool, bool]:
    """(it served a request, it ended in an error)"""
    return span.get("kind") in _SERVER, _object(span.get("status")).get("code") in _ERROR


def _protobuf_request(span: Any) -> tuple[bool, bool]:
    return span.kind in _SERVER, span.status.code in _ERROR
