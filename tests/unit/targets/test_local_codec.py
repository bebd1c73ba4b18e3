"""Messages as lines: the same after a journey, and nothing else is taken for one."""

from __future__ import annotations

import json
from dataclasses import MISSING, fields
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tierline.facts.observation import Instance, Phase, Seen, Synced
from tierline.targets.local.codec import BadFrame, decode_reply, decode_request, encode
from tierline.targets.local.messages import (
    PROTOCOL,
    Claim,
    HeldBy,
    Launch,
    Reply,
    Request,
    Status,
    Workload,
)
from tierline.targets.protocol import Holder

names = st.text(min_size=1, max_size=5)
workloads = st.builds(
    Workload,
    names,
    st.lists(st.text()).map(tuple),
    st.text(),
    st.dictionaries(names, st.text()),
    st.dictionaries(names, st.integers()),
)
launches = st.builds(
    Launch, names, names, names, st.integers(), st.lists(workloads, max_size=3).map(tuple)
)


@given(launches)
def test_a_request_arrives_as_it_was_sent(launch: Launch) -> None:
    line = encode(launch)
    assert (line.count(b"\n"), line[-1:]) == (1, b"\n")
    assert decode_request(line) == launch


def test_values_of_every_shape_arrive() -> None:
    me = Holder("me", "here", "boot", 1, 25)
    instance = Instance("i", "api", "r", Phase.EXITED, -9, addresses={"http": "x"}, listening=(1,))
    for reply in (
        Seen("M01", (instance, Instance("j", "w", "r", Phase.RUNNING)), "k", 3, settled=False),
        Synced(frozenset({"a", "b"})),
        Status(1, "v", "s", "b", 1.0, "u", 1, 2, 3, HeldBy(me, 1.0, 2.0, 3), ("p",)),
    ):
        assert decode_reply(encode(reply)) == reply
    assert decode_request(encode(Claim("local", me, 3))) == Claim("local", me, 3.0)


@pytest.mark.parametrize("kind", [*get_args(Request), *get_args(Reply)], ids=lambda k: k.__name__)
def test_a_message_without_what_it_needs_is_refused(kind: type[Any]) -> None:
    line = json.dumps({"v": PROTOCOL, "is": kind.__name__, "of": {}}).encode()
    decode = decode_request if kind in get_args(Request) else decode_reply
    needed = [f for f in fields(kind) if f.default is MISSING and f.default_factory is MISSING]
    if needed:
        with pytest.raises(BadFrame, match="missing"):
            decode(line)
    else:
        assert decode(line) == kind()


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        (b"", "not a line of JSON"),
        (b"[]", "not an object"),
        (b"[" * 100_000, "not a line of JSON"),
        (b'{"v":3,"is":"Observe","of":{}}', "protocol 3"),
        (b'{"v":2,"is":"Nothing","of":{}}', "unknown message 'Nothing'"),
        (b'{"v":2,"is":["Observe"],"of":{}}', "unknown message"),
        (b'{"v":2,"is":"Observe"}', "Observe: not an object"),
        (b'{"v":2,"is":"Release","of":{"token":"1"}}', "Release.token: str where int belongs"),
        (b'{"v":2,"is":"Release","of":{"token":true}}', "Release.token: bool where int belongs"),
        (b'{"v":2,"is":"AssignPorts","of":{"names":"a"}}', "names: str where a list belongs"),
        (b'{"v":2,"is":"Launch","of":{"workloads":[{"env":[]}]}}', "env: list where an object"),
    ],
)
def test_what_is_no_request_is_said(frame: bytes, said: str) -> None:
    with pytest.raises(BadFrame) as caught:
        decode_request(frame)
    assert said in str(caught.value)


@given(
    st.binary(max_size=100)
    | st.text().map(lambda text: json.dumps({"v": PROTOCOL, "is": text}).encode())
)
def test_any_bytes_are_a_message_or_refused(line: bytes) -> None:
    for decode in (decode_request, decode_reply):
        with pytest.raises(BadFrame):
            decode(line)
