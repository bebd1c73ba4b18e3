"""What contracts take away and nobody needs any more: it may go, and only where that is known."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from tierline.boundary.judge import Gathered, matrix_of
from tierline.boundary.release import Crossing
from tierline.boundary.shipment import Shipment
from tierline.mesh.tree import Entry, Kind
from unit.readiness.test_readiness_breaking import (
    API,
    EVENT,
    NUMBER,
    STRING,
    event,
    judged,
    then_of,
)

P, C = "M02-Profile-Service", "M20-Feed-Service"
OLD, NEW = {"a": STRING, "b": STRING}, {"a": STRING}
LOST = "its contracts were not kept"


def crossing_of(
    consumes: dict[str, str],
    former: dict[str, Shipment | str] | None = None,
    running: Shipment | str | None = None,
) -> Crossing:
    """A release of P that writes NEW where it wrote OLD; `consumes` is what C, as it runs, takes."""
    texts = {"old": event_of_required(OLD), "new": event_of_required(NEW), "a": event(a=STRING)}
    contents = {name: Entry(Kind.FILE, len(text), text.encode()) for name, text in texts.items()}
    before, after = (Shipment(P, name, {EVENT: name}) for name in ("old", "new"))
    gathered = Gathered(
        {P: after},
        {P: before, C: running or Shipment(C, "c", {}, consumes)},
        {P: "old", C: "c"},
        contents,
        former={C: former} if former else {},
    )
    return Crossing(matrix_of(gathered, ties=True))


def event_of_required(properties: dict[str, Any]) -> str:
    schema = {"type": "object", "properties": properties, "required": [*properties]}
    return json.dumps({"event_type": "user.profile_updated", "payload_schema": schema}, indent=1)


def told_of(crossing: Crossing | None) -> list[str]:
    """What the gate says of a property that is no longer written."""
    now, then = event_of_required(NEW), then_of({EVENT: event_of_required(OLD)})
    found = judged({EVENT: now}, then, crossing=crossing).findings
    return [f"{one.status} {one.code} {one.message}" for one in found]


REFUSED = ["fail event-breaking/required"]


def test_what_no_consumer_and_no_revision_in_the_horizon_needs_may_go() -> None:
    before: dict[str, Shipment | str] = {"c0": Shipment(C, "c0", {}, {EVENT: "a"})}
    every = "in every revision that runs, would run or may be gone back to"
    for former in (None, before):
        (told,) = told_of(crossing_of({EVENT: "a"}, former))
        assert told.startswith("warn event-breaking/allowed user.profile_updated: ")
        assert f"allowed: borne by {C} {every}" in told
        assert "breaks" not in told
    (told,) = told_of(crossing_of({}))
    assert "allowed: nothing that runs, would run or may be gone back to takes this" in told


def test_what_somebody_needs_or_nobody_knows_is_refused_as_before() -> None:
    in_need = Shipment(C, "c0", {}, {EVENT: "old"})
    for crossing in (
        None,
        Crossing(),
        Crossing(unseen="the engine is away"),
        crossing_of({EVENT: "old"}),
        crossing_of({EVENT: "a"}, {"c0": in_need}),
        crossing_of({}, {"c0": in_need}),
        crossing_of({EVENT: "a"}, {"c0": LOST}),
        crossing_of({}, {"c0": LOST}),
        crossing_of({}, running=LOST),
    ):
        assert [" ".join(one.split()[:2]) for one in told_of(crossing)] == REFUSED


def test_the_release_of_others_and_old_events_allow_nothing() -> None:
    others = crossing_of({})
    assert others.matrix is not None
    elsewhere = Crossing(replace(others.matrix, candidate={C: "c"}))
    assert [" ".join(one.split()[:2]) for one in told_of(elsewhere)] == REFUSED
    number = then_of({EVENT: event(a=STRING)})
    found = judged({EVENT: event(a=NUMBER)}, number, crossing=crossing_of({})).findings
    assert [one.code for one in found] == ["event-breaking/type"]


def served(*operations: str) -> str:
    """An OpenAPI document with these paths and nothing in their answers."""
    answers = {"responses": {"200": {"description": "so"}}}
    info = {"title": "M02-Profile-Service", "version": "1"}
    paths = {path: {"get": answers} for path in operations}
    return json.dumps({"openapi": "3.0.3", "info": info, "paths": paths}, indent=1)


def calling(consumed: str) -> Crossing:
    """A release of P without /old; C, as it runs, calls by the document of that name."""
    texts = {"both": served("/old", "/new"), "old": served("/old"), "new": served("/new")}
    contents = {name: Entry(Kind.FILE, len(text), text.encode()) for name, text in texts.items()}
    before, after = (Shipment(P, name, {API: name}) for name in ("both", "new"))
    running = {P: before, C: Shipment(C, "c", {}, {API: consumed})}
    gathered = Gathered({P: after}, running, {P: "both", C: "c"}, contents)
    return Crossing(matrix_of(gathered, ties=True))


@pytest.mark.parametrize(
    ("consumed", "verdict"),
    [
        ("new", "warn openapi-breaking/allowed"),
        ("old", "fail openapi-breaking/operation-removed"),
        ("both", "fail openapi-breaking/operation-removed"),
    ],
)
def test_an_operation_that_no_consumer_calls_may_go(consumed: str, verdict: str) -> None:
    then = then_of({API: served("/old", "/new")})
    (one,) = judged({API: served("/new")}, then, crossing=calling(consumed)).findings
    assert f"{one.status} {one.code}" == verdict
    assert ("allowed: borne by M20-Feed-Service" in one.message) is (consumed == "new")
