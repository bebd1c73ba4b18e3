"""The generated OTLP messages, in a module of their own because importing them takes long."""

from __future__ import annotations

from typing import Any

from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tierline.facts.evidence import SignalKind

_MESSAGES: dict[SignalKind, Any] = {
    SignalKind.LOGS: ExportLogsServiceRequest,
    SignalKind.METRICS: ExportMetricsServiceRequest,
    SignalKind.TRACES: ExportTraceServiceRequest,
}


def parse(kind: SignalKind, body: bytes) -> Any | None:
    """The request that an exporter sent; None if the bytes are none."""
    message = _MESSAGES[kind]()
    try:
        message.ParseFromString(body)
    except DecodeError:
        return None
    return message
