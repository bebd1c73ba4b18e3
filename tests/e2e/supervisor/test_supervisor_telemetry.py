"""OTLP over HTTP to a real supervisor: counted, attributed, remembered; bad bodies are answered."""

from __future__ import annotations

import asyncio
import gzip
import json
import urllib.error
import urllib.request
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from supervised import Play, World
from tierline.facts.evidence import Requests, Signal, SignalKind

LAUNCH = "r1_M01_apply_1.api"
NAMES = {"service.name": "M01", "service.version": "rev1", "service.instance.id": LAUNCH}
RESOURCE = {
    "attributes": [{"key": name, "value": {"stringValue": value}} for name, value in NAMES.items()]
}
SPANS = [
    {"name": "a", "kind": 2, "status": {"code": 2}},
    {"name": "b", "kind": 2},
    {"name": "c", "kind": 3, "status": {"code": 2}},
]


def body(resources: str, scopes: str, items: str, what: list[dict[str, Any]]) -> bytes:
    return json.dumps({resources: [{"resource": RESOURCE, scopes: [{items: what}]}]}).encode()


TRACES = body("resourceSpans", "scopeSpans", "spans", SPANS)
LOGS = body("resourceLogs", "scopeLogs", "logRecords", [{"body": {"stringValue": "x"}}])
METRICS = body("resourceMetrics", "scopeMetrics", "metrics", [{"name": "x"}] * 2)


def protobuf() -> bytes:
    message = ExportTraceServiceRequest()
    resource = message.resource_spans.add()
    for name, value in NAMES.items():
        each = resource.resource.attributes.add()
        each.key, each.value.string_value = name, value
    span = resource.scope_spans.add().spans.add()
    span.kind, span.status.code = Span.SPAN_KIND_SERVER, Status.STATUS_CODE_ERROR
    return message.SerializeToString()


async def send(world: World, path: str, content: bytes, **headers: str) -> int:
    url = (await world.client.status()).otlp_url + path
    given = {"content-type": "application/json"}
    given.update({name.replace("_", "-"): value for name, value in headers.items()})

    def post() -> int:
        request = urllib.request.Request(url, content, given)  # noqa: S310 - our own address
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310 - as above
                return answer.status
        except urllib.error.HTTPError as error:
            with error:
                return error.code

    return await asyncio.to_thread(post)


async def signals(world: World, count: int) -> dict[SignalKind, Signal]:
    found: dict[SignalKind, Signal] = {}
    stream = world.client.signals()
    while len(found) < count:
        signal = await asyncio.wait_for(anext(stream), 5)
        found[signal.kind] = signal
    await stream.aclose()
    return found


def test_all_three_kinds_are_counted_for_the_instance_that_sent_them(play: Play) -> None:
    async def scenario(world: World) -> None:
        await world.client.launch(world.launch(world.workload("sleep 100")))
        instance = (await world.all_seen())["M01"].instances[0].id
        assert await send(world, "/v1/traces", TRACES) == 200
        assert await send(world, "/v1/logs", LOGS) == 200
        assert await send(world, "/v1/metrics", METRICS) == 200
        found = await signals(world, 3)
        assert {
            kind: (s.count, s.service_id, s.revision, s.instance) for kind, s in found.items()
        } == {
            SignalKind.TRACES: (3, "M01", "rev1", instance),
            SignalKind.LOGS: (1, "M01", "rev1", instance),
            SignalKind.METRICS: (2, "M01", "rev1", instance),
        }
        zipped = gzip.compress(TRACES)
        assert await send(world, "/v1/traces", zipped, content_encoding="gzip") == 200
        assert (
            await send(world, "/v1/traces", protobuf(), content_type="application/x-protobuf")
            == 200
        )
        again = (await signals(world, 3))[SignalKind.TRACES]
        assert again.count == 7
        assert again.first_at == found[SignalKind.TRACES].first_at < again.at
        [counted] = await world.client.requests("M01")
        assert counted == Requests("M01", instance, again.at, 5, 3)
        assert await world.client.requests("M02") == ()

    play(scenario)


def test_what_arrived_and_where_is_known_to_the_successor(play: Play) -> None:
    async def scenario(world: World) -> None:
        await world.client.launch(world.launch(world.workload("sleep 100")))
        await send(world, "/v1/traces", TRACES)
        before = (await signals(world, 1))[SignalKind.TRACES]
        url = (await world.client.status()).otlp_url
        await world.kill()
        assert (await signals(world, 1))[SignalKind.TRACES] == before
        assert (await world.client.status()).otlp_url == url
        await send(world, "/v1/traces", TRACES)
        assert (await signals(world, 1))[SignalKind.TRACES].count == 6

    play(scenario)


@pytest.mark.parametrize(
    ("content", "headers", "status"),
    [
        (b"{", {}, 400),
        (b"[]", {}, 400),
        (b'{"resourceSpans": 5}', {}, 400),
        (b'{"resourceSpans": [{"resource": {"attributes": [{}]}}]}', {}, 400),
        (b"[" * 200_000, {}, 400),
        (b"\xff\xff\xff", {"content_type": "application/x-protobuf"}, 400),
        (TRACES, {"content_type": "text/plain"}, 415),
        (TRACES, {"content_encoding": "br"}, 415),
        (b"no gzip", {"content_encoding": "gzip"}, 400),
        (gzip.compress(TRACES, mtime=0)[:-9], {"content_encoding": "gzip"}, 400),
        (gzip.compress(b" " * 50_000_000, mtime=0), {"content_encoding": "gzip"}, 413),
        (b" " * 9_000_000, {}, 413),
    ],
    ids=lambda value: str(value)[:20],
)
def test_bad_bodies_are_answered_and_counted_for_nobody(
    play: Play, content: bytes, headers: dict[str, str], status: int
) -> None:
    async def scenario(world: World) -> None:
        assert await send(world, "/v1/traces", content, **headers) == status
        assert await send(world, "/v1/nothing", TRACES) == 404
        assert await send(world, "/v1/logs", LOGS) == 200
        assert list(await signals(world, 1)) == [SignalKind.LOGS]

    play(scenario)


def test_telemetry_of_somebody_else_keeps_its_own_name(play: Play) -> None:
    async def scenario(world: World) -> None:
        await send(world, "/v1/traces", TRACES.replace(LAUNCH.encode(), b"made-up"))
        assert (await signals(world, 1))[SignalKind.TRACES].instance == "made-up"

    play(scenario)
