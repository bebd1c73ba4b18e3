"""Sends logs, metrics and traces as OTLP/JSON; never makes a request wait for the receiver.

Items wait in bounded queues; while the receiver is away the oldest are dropped.
"""

from __future__ import annotations

import json
import os
import random
import sys
import threading
import time
from collections import deque
from urllib.parse import unquote

from meshkit.http_client import Client, Unreachable

FLUSH_SECONDS = 0.2
QUEUE = 2000
SEVERITIES = {"INFO": 9, "WARN": 13, "ERROR": 17}


def resource_attributes(service_id, environment=None):
    """`OTEL_RESOURCE_ATTRIBUTES` as a dict; `service.name` is always in it."""
    environment = os.environ if environment is None else environment
    attributes = {"service.name": environment.get("OTEL_SERVICE_NAME") or service_id}
    for pair in environment.get("OTEL_RESOURCE_ATTRIBUTES", "").split(","):
        key, equals, value = pair.partition("=")
        if equals:
            attributes[key.strip()] = unquote(value.strip())
    return attributes


class Span:
    """One piece of work in a trace."""

    def __init__(self, name, parent, server):
        trace, span = _parent_of(parent)
        self.name, self.server = name, server
        self.trace_id, self.parent_id = trace or f"{random.getrandbits(128) | 1:032x}", span
        self.span_id = f"{random.getrandbits(64) | 1:016x}"
        self.began = time.time_ns()

    @property
    def headers(self):
        """What a call to another service carries so that its spans join this trace."""
        return {"traceparent": f"00-{self.trace_id}-{self.span_id}-01"}


def _parent_of(traceparent):
    parts = (traceparent or "").split("-")
    if len(parts) == 4 and len(parts[1]) == 32 and len(parts[2]) == 16:
        return parts[1], parts[2]
    return "", ""


class Telemetry:
    """Collects signals of one process; a thread of its own sends them."""

    def __init__(self, service_id, endpoint, interval=1.0):
        self.endpoint = endpoint
        self._interval = interval
        self._resource = {"attributes": _attributes(resource_attributes(service_id))}
        self._logs, self._spans = deque(maxlen=QUEUE), deque(maxlen=QUEUE)
        self._counters, self._lock = {}, threading.Lock()
        self._began, self._stop = time.time_ns(), threading.Event()
        self._thread = None

    def log(self, severity, message, span=None):
        """One log record; people read it on standard output too."""
        print(f"{severity} {message}", file=sys.stdout, flush=True)
        record = {
            "timeUnixNano": str(time.time_ns()),
            "severityNumber": SEVERITIES[severity],
            "severityText": severity,
            "body": {"stringValue": message},
        }
        if span:
            record.update(traceId=span.trace_id, spanId=span.span_id)
        self._logs.append(record)

    def count(self, name, by=1, **labels):
        """Add to a counter."""
        key = (name, tuple(sorted(labels.items())))
        with self._lock:
            self._counters[key] = self._counters.get(key, 0) + by

    def span(self, name, parent=None, server=False):
        """Begin a span; `parent` is a traceparent header."""
        return Span(name, parent, server)

    def end(self, span, ok=True, **attributes):
        """End a span."""
        self._spans.append({
            "traceId": span.trace_id,
            "spanId": span.span_id,
            "parentSpanId": span.parent_id,
            "name": span.name,
            "kind": 2 if span.server else 1,
            "startTimeUnixNano": str(span.began),
            "endTimeUnixNano": str(time.time_ns()),
            "attributes": _attributes(attributes),
            "status": {"code": 1 if ok else 2},
        })  # fmt: skip

    def request(self, span, route, status, seconds):
        """A request was answered."""
        self.end(span, status < 500, **{"http.route": route, "http.response.status_code": status})
        self.count("http.server.requests", route=route, status=status)
        self.count("http.server.busy_microseconds", int(seconds * 1_000_000), route=route)

    def start(self):
        """Begin to send."""
        self._thread = threading.Thread(target=self._send_all, name="telemetry", daemon=True)
        self._thread.start()

    def close(self, seconds=0.3):
        """Send what is left, but do not wait longer than this."""
        self._stop.set()
        if self._thread:
            self._thread.join(seconds)

    def _send_all(self):
        client, metrics_due = Client(self.endpoint, timeout=1.0), 0.0
        while True:
            ending = self._stop.is_set()
            self._send_queue(client, "logs", self._logs)
            self._send_queue(client, "traces", self._spans)
            if ending or time.monotonic() >= metrics_due:
                metrics_due = time.monotonic() + self._interval
                self._post(client, "metrics", self._metrics())
            if ending:
                return
            self._stop.wait(FLUSH_SECONDS)

    def _send_queue(self, client, kind, queue):
        items = []
        while queue:
            items.append(queue.popleft())
        if items and not self._post(client, kind, items):
            queue.extendleft(reversed(items[len(queue) - QUEUE :]))

    def _post(self, client, kind, items):
        group, scope, member = {
            "logs": ("resourceLogs", "scopeLogs", "logRecords"),
            "traces": ("resourceSpans", "scopeSpans", "spans"),
            "metrics": ("resourceMetrics", "scopeMetrics", "metrics"),
        }[kind]
        scoped = {"scope": {"name": "meshkit"}, member: items}
        document = {group: [{"resource": self._resource, scope: [scoped]}]}
        try:
            data = json.dumps(document).encode()
            return client.call("POST", f"/v1/{kind}", data, _headers())[0] < 500
        except Unreachable:
            return False

    def _metrics(self):
        now = str(time.time_ns())
        with self._lock:
            counters = sorted(self._counters.items())
        up = {"timeUnixNano": now, "asDouble": (time.time_ns() - self._began) / 1e9}
        metrics = [{"name": "process.uptime", "unit": "s", "gauge": {"dataPoints": [up]}}]
        for (name, labels), value in counters:
            point = {
                "startTimeUnixNano": str(self._began),
                "timeUnixNano": now,
                "asInt": str(value),
                "attributes": _attributes(dict(labels)),
            }
            total = {"aggregationTemporality": 2, "isMonotonic": True, "dataPoints": [point]}
            metrics.append({"name": name, "unit": "1", "sum": total})
        return metrics


def _attributes(values):
    def encoded(value):
        if isinstance(value, int):
            return {"intValue": str(value)}
        return {"stringValue": str(value)}

    return [{"key": key, "value": encoded(value)} for key, value in values.items()]


def _headers():
    pairs = (p.partition("=") for p in os.environ.get("OTEL_EXPORTER_OTLP_HEADERS", "").split(","))
    return {key.strip(): unquote(value.strip()) for key, equals, value in pairs if equals}
