"""Events of a service beside their contracts: which count, what breaks whom, what nobody knows."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from tierline.facts.evidence import Answer
from tierline.targets.asking import http
from tierline.targets.asking.bus import HttpLog
from tierline.targets.asking.contracts import Contract, Held
from tierline.targets.asking.events import Consumers, EventReader, Published

BEGAN = 1000.0
ME, KIND = "M01-Me", "user.signed_in"


def contract(**properties: str) -> Contract:
    schema = {
        "type": "object",
        "required": sorted(properties),
        "properties": {name: {"type": kind} for name, kind in properties.items()},
    }
    return Contract(
        f"contracts/events/{KIND}.json", json.dumps({"payload_schema": schema}).encode()
    )


PUBLISHED = Published(ME, BEGAN, "bus-1", "api-1", {KIND: contract(user="string", at="number")})
GOOD: Mapping[str, object] = {"user": "ann", "at": 1}
BAD: Mapping[str, object] = {"user": 7, "at": 1}


class Bus:
    """A log that is served in pages of two."""

    def __init__(self) -> None:
        self.events: list[dict[str, object]] = []
        self.asked: list[str] = []
        self.raw: http.Answered | None = None

    def add(self, payload: object, kind: str = KIND, by: str = ME, at: object = BEGAN + 1) -> None:
        told = {"event_type": kind, "producer": by, "payload": payload, "at": at}
        self.events.append({**told, "position": len(self.events) + 1})

    async def get(self, path: str) -> http.Answered:
        self.asked.append(path)
        if self.raw is not None:
            return self.raw
        query = parse_qs(urlsplit(path).query)
        behind = self.events[int(query["after"][0]) :]
        page = [one for one in behind if one["event_type"] in query["types"][0].split(",")][:2]
        return http.Answered(200, json.dumps({"events": page}).encode())


def held(
    bus: Bus,
    reader: EventReader | None = None,
    published: Published = PUBLISHED,
    consumers: Consumers | None = None,
) -> Held:
    reader = reader or EventReader()
    return asyncio.run(reader.hold(HttpLog(), bus.get, published, consumers))


def consuming(**uses: Contract | None) -> Consumers:
    async def consumers(event: str) -> Mapping[str, Contract | None]:
        assert event == KIND
        return uses

    return consumers


def test_none_that_counts_is_unknown() -> None:
    bus = Bus()
    bus.add(BAD, at=BEGAN - 1)
    bus.add(BAD, by="M02-Other")
    bus.add(BAD, kind="another")
    assert held(bus) == Held(Answer.UNKNOWN, "none was seen since it began")
    bus.add(GOOD, at=None)
    assert held(bus) == Held(Answer.UNKNOWN, "the event bus does not say when its events came")


def test_all_pages_are_read_once() -> None:
    bus, reader = Bus(), EventReader()
    for _ in range(5):
        bus.add(GOOD)
    assert held(bus, reader) == Held(Answer.OK, "5 events are as promised")
    assert held(bus, reader) == Held(Answer.OK, "5 events are as promised")
    assert [path.split("&")[0] for path in bus.asked] == [
        f"/events?after={n}" for n in (0, 2, 4, 5, 5)
    ]


def test_what_broke_once_stays_broken_until_another_instance_begins() -> None:
    bus, reader = Bus(), EventReader()
    bus.add(BAD)
    told = f"{KIND}: at /user: a number where a text belongs"
    assert held(bus, reader) == Held(Answer.FAILED, told)
    bus.add(GOOD)
    assert held(bus, reader) == Held(Answer.FAILED, f"{told} (1 of 2 events)")
    successor = replace(PUBLISHED, began="api-2", since=BEGAN + 2)
    assert held(bus, reader, successor).answer is Answer.UNKNOWN
    other_bus = replace(PUBLISHED, log="bus-2")
    assert held(bus, reader, other_bus).answer is Answer.FAILED


def test_only_who_relies_on_what_broke_is_concerned() -> None:
    bus = Bus()
    bus.add(BAD)
    uses = consuming(M06=contract(user="string"), M07=contract(at="number"), M08=None)
    assert held(bus, consumers=uses).concerns == ("M06", "M08")
    assert held(bus, consumers=consuming(M07=contract(at="number"))).concerns == ()
    assert held(bus, consumers=None).concerns is None


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (http.Answered(500, b""), "GET /events answers 500"),
        (http.Answered(200, b"{", whole=False), "a page of events is too long"),
        (http.Answered(200, b"[]"), "GET /events does not answer with events"),
        (http.Answered(200, b'{"events": [7]}'), "GET /events does not answer with events"),
        (
            http.Answered(
                200,
                b'{"events": [{"position": 0, "event_type": "a", "producer": "b", "payload": 1}]}',
            ),
            "GET /events does not answer with what is behind a position",
        ),
    ],
)
def test_a_bus_that_cannot_be_understood_is_unknown(raw: http.Answered, why: str) -> None:
    bus = Bus()
    bus.raw = raw
    assert held(bus) == Held(Answer.UNKNOWN, f"the event bus could not be read: {why}")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"{", "cannot be read"),
        (b"{}", "has no payload_schema"),
        (b'{"payload_schema": {"type": 7}}', "is no JSON Schema"),
        (b'{"payload_schema": {"$ref": "../schemas/a.json"}}', ""),
    ],
)
def test_a_contract_that_cannot_be_used_is_unknown(content: bytes, why: str) -> None:
    bus = Bus()
    bus.add(GOOD)
    broken = replace(PUBLISHED, contracts={KIND: Contract("contracts/events/x.json", content)})
    found = held(bus, published=broken)
    assert found.answer is Answer.UNKNOWN
    assert why in found.detail
    assert "contracts/events/x.json" in found.detail
