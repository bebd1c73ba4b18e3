"""Bodies of telemetry into counts, and their limits."""

from __future__ import annotations

import gzip
import json
import zlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tierline.facts.evidence import SignalKind
from tierline.targets.telemetry.decode import BadBody, Batch, from_json
from tierline.targets.telemetry.receiver import UNPACKED_LIMIT, Refusal, unpacked
from tierline.targets.telemetry.tally import Tally

LOGS = SignalKind.LOGS


def logs(*records: Any, **attributes: str) -> bytes:
    named = [{"key": k, "value": {"stringValue": v}} for k, v in attributes.items()]
    scopes = [{"logRecords": list(records)}]
    return json.dumps(
        {"resourceLogs": [{"resource": {"attributes": named}, "scopeLogs": scopes}]}
    ).encode()


def test_who_sent_how_much() -> None:
    body = logs({}, {}, **{"service.name": "M01", "service.version": "r"})
    assert from_json(LOGS, body) == (Batch("M01", "r", "", 2),)
    assert from_json(LOGS, b"{}") == ()
    assert from_json(LOGS, logs()) == (Batch("", "", "", 0),)


def test_numbers_as_names_are_no_names() -> None:
    body = b'{"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"intValue":5}}]}}]}'
    assert from_json(LOGS, body) == (Batch("", "", "", 0),)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(
            st.sampled_from(
                ["resourceSpans", "resource", "attributes", "key", "value", "scopeSpans", "spans"]
            )
            | st.text(),
            inner,
        )
    ),
    max_leaves=20,
)


@given(json_values)
def test_any_json_is_counted_or_refused(value: Any) -> None:
    body = json.dumps({"resourceSpans": [value], "resourceLogs": value}).encode()
    for kind in SignalKind:
        try:
            assert all(isinstance(batch, Batch) for batch in from_json(kind, body))
        except BadBody as error:
            assert "OTLP/JSON" in str(error)


@given(st.binary(max_size=200))
def test_any_bytes_are_counted_or_refused(body: bytes) -> None:
    for kind in SignalKind:
        try:
            from_json(kind, body)
        except BadBody:
            continue


def test_unpacking_stops_at_its_limit() -> None:
    assert unpacked(gzip.compress(b"x" * 1000), "gzip") == b"x" * 1000
    with pytest.raises(Refusal, match="unpacks to more") as caught:
        unpacked(gzip.compress(b"\0" * (UNPACKED_LIMIT + 1)), "gzip")
    assert caught.value.status == 413
    for damaged in (b"", b"x", gzip.compress(b"x")[:-3], zlib.compress(b"x")):
        with pytest.raises(Refusal) as caught:
            unpacked(damaged, "gzip")
        assert caught.value.status == 400


def test_sums_are_kept_and_a_damaged_store_is_begun_anew(tmp_path: Path) -> None:
    path = tmp_path / "telemetry.db"
    tally = Tally(path)
    tally.add(LOGS, [Batch("M01", "r", "i", 2), Batch("", "r", "i", 9)], 10.0)
    [row] = tally.add(LOGS, [Batch("M01", "r", "i", 3, 1, 1)], 11.0)
    assert (row.first_at, row.last_at, row.count, row.requests, row.errors) == (10.0, 11.0, 5, 1, 1)
    tally.close()
    assert list(Tally(path).rows.values()) == [row]
    path.write_bytes(b"no database at all" * 100)
    anew = Tally(path)
    assert (dict(anew.rows), "damaged" in anew.problems[0]) == ({}, True)
    anew.close()
