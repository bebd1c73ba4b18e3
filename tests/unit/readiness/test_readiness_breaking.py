"""The gates event-breaking and openapi-breaking: findings, what they say, and when they are off."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from made.openapi_files import text_of
from made.small_mesh import mesh_files, tree_of
from tierline.boundary.release import Crossing
from tierline.contracts.oasdiff import MOST, read_opinion
from tierline.contracts.opinion import Opinion
from tierline.facts.reference import ContractsThen, NoReference, Reference, Then
from tierline.mesh.defect import Place
from tierline.mesh.parse import parse_mesh
from tierline.mesh.tree import Entry, Kind, Tree
from tierline.policy.builtin import builtin
from tierline.policy.model import EnvironmentKind
from tierline.readiness.check import check
from tierline.readiness.facts import GateFacts
from tierline.readiness.model import Check

EVENT = "contracts/events/user.profile_updated.json"
API = "contracts/openapi/M02-profile-service.yaml"
MAIN = Reference("main", "c" * 40, "as --against says")
GATES = frozenset({"event-breaking", "openapi-breaking"})
STRING, NUMBER = {"type": "string"}, {"type": "integer"}


def event(**properties: Any) -> str:
    schema = {"type": "object", "properties": properties}
    return json.dumps({"event_type": "user.profile_updated", "payload_schema": schema}, indent=1)


def api(**case: Any) -> str:
    return text_of(case).decode()


def then_of(files: dict[str, str]) -> ContractsThen:
    return ContractsThen(MAIN, tree_of(files, "mesh"))


def judged(
    now: dict[str, str],
    then: Then | None,
    kind: EnvironmentKind = EnvironmentKind.PRODUCTION,
    oasdiff: dict[str, Opinion] | None = None,
    crossing: Crossing | None = None,
) -> Check:
    kept = {path: text for path, text in mesh_files().items() if not path.startswith("contracts/")}
    tree = tree_of(kept | now, "mesh")
    facts = GateFacts(tree, then=then, oasdiff=oasdiff or {}, crossing=crossing)
    return check(parse_mesh(tree), facts, builtin("there", kind, "local"), GATES, 0.0)


def brief(result: Check) -> list[str]:
    return [f"{one.status} {one.code} {one.service_id} {one.place}" for one in result.findings]


def gates(result: Check) -> dict[str, str]:
    return {
        one.gate: one.reason if one.off else str(one.status)
        for one in result.gates
        if one.gate in GATES
    }


def test_a_break_of_an_event_is_told_with_both_places_and_everybody_it_breaks() -> None:
    result = judged({EVENT: event(at=NUMBER)}, then_of({EVENT: event(at=STRING)}))
    assert brief(result) == [f"fail event-breaking/type M02-Profile-Service mesh/{EVENT}:7:5"]
    assert result.findings[0].message == (
        "user.profile_updated: at: the type was string, is integer; breaks readers of the old "
        "contract (forward): M20-Feed-Service; breaks new readers of old events (backward): "
        "M20-Feed-Service; at /payload_schema/properties/at/type, line 7 at main"
    )
    assert gates(result) == {
        "event-breaking": "fail",
        "openapi-breaking": "there is no OpenAPI document, now or then",
    }


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (EnvironmentKind.LOCAL, "warn"),
        (EnvironmentKind.STAGING, "fail"),
        (EnvironmentKind.PRODUCTION, "fail"),
    ],
)
def test_how_bad_it_is_follows_what_the_policy_asks_of_contracts(
    kind: EnvironmentKind, status: str
) -> None:
    result = judged({EVENT: event(at=NUMBER)}, then_of({EVENT: event(at=STRING)}), kind)
    assert [str(one.status) for one in result.findings] == [status]


def test_an_optional_property_more_breaks_nobody() -> None:
    result = judged({EVENT: event(a=STRING, b=STRING)}, then_of({EVENT: event(a=STRING)}))
    assert brief(result) == []
    assert gates(result)["event-breaking"] == "ok"


def test_what_cannot_be_decided_is_unknown() -> None:
    old, new = (
        event(a={"type": "string", "pattern": "^a"}),
        event(a={"type": "string", "pattern": "^b"}),
    )
    result = judged({EVENT: new}, then_of({EVENT: old}))
    assert [str(one.status) for one in result.findings] == ["unknown"]
    assert result.findings[0].code == "event-breaking/undecided"


def test_a_gate_is_off_where_nothing_differs() -> None:
    result = judged({EVENT: event(), API: api()}, then_of({EVENT: event(), API: api()}))
    assert gates(result) == {
        "event-breaking": "no event contract differs from main",
        "openapi-breaking": "no OpenAPI document differs from main",
    }


@pytest.mark.parametrize(
    ("then", "told"),
    [
        (None, "nobody has asked git"),
        (NoReference("the clone is shallow"), "nothing to compare with: the clone is shallow"),
    ],
)
def test_without_a_reference_both_are_unknown(then: Then | None, told: str) -> None:
    result = judged({EVENT: event()}, then)
    assert [(one.code, str(one.status), one.message) for one in result.findings] == [
        ("openapi-breaking/no-reference", "unknown", told),
        ("event-breaking/no-reference", "unknown", told),
    ]


def test_a_removed_event_breaks_its_readers() -> None:
    result = judged({}, then_of({EVENT: event()}))
    assert brief(result) == [f"fail event-breaking/removed M02-Profile-Service mesh/{EVENT}"]


def test_a_new_contract_breaks_nobody_of_before() -> None:
    result = judged({EVENT: event(), API: api()}, then_of({}))
    assert gates(result) == {"event-breaking": "ok", "openapi-breaking": "ok"}


@pytest.mark.parametrize("side", ["then", "now"])
def test_a_file_that_cannot_be_read_is_unknown(side: str) -> None:
    now = {EVENT: "{" if side == "now" else event()}
    result = judged(now, then_of({EVENT: "{" if side == "then" else event()}))
    assert "event-breaking/undecided" in [one.code for one in result.findings]


def test_a_blob_that_is_missing_is_unknown() -> None:
    gone = Entry(Kind.FILE, 0, None, "its content is missing from the history")
    then = replace(then_of({}), files=Tree("mesh", {EVENT: gone}))
    result = judged({EVENT: event()}, then)
    assert [str(one.status) for one in result.findings] == ["unknown"]
    assert "its content is missing from the history" in result.findings[0].message


def test_a_break_of_an_interface_is_one_of_its_consumers_only() -> None:
    old = api(send={"type": "object", "properties": {"a": STRING}})
    more = api(send={"type": "object", "properties": {"a": STRING}, "required": ["a"]})
    result = judged({API: more}, then_of({API: old}))
    assert brief(result) == [f"fail openapi-breaking/required M02-Profile-Service mesh/{API}:19:15"]
    assert brief(judged({API: old}, then_of({API: more}))) == []


def test_what_oasdiff_takes_to_be_worse_counts() -> None:
    answer = json.dumps(
        [
            {
                "id": "response-success-status-removed",
                "text": "removed the success response",
                "level": 3,
                "operation": "POST",
                "path": "/things/{id}",
                "section": "paths",
                "revisionSource": {"file": "new.yaml", "line": 6, "column": 5},
            }
        ]
    )
    opinion = read_opinion(answer.encode(), "oasdiff 1.36.0", f"mesh/{API}")
    result = judged({API: api(op={"summary": "b"})}, then_of({API: api()}), oasdiff={API: opinion})
    assert brief(result) == [
        f"fail openapi-breaking/incompatible M02-Profile-Service mesh/{API}:6:5"
    ]
    assert "(oasdiff 1.36.0: response-success-status-removed)" in result.findings[0].message


def test_of_a_long_answer_the_worst_is_told_and_nothing_is_lost() -> None:
    notes = [
        {"id": "note", "text": "new", "level": 1, "operation": "GET", "path": f"/{one}"}
        for one in range(1500)
    ]
    bad = [{**one, "id": "bad", "level": 3} for one in notes]
    few = read_opinion(json.dumps([*notes, *bad[:2]]).encode(), "oasdiff 9", "x")
    assert [bool(one.breaks) for one in few.changes[:3]] == [True, True, False]
    assert (len(few.changes), few.trouble) == (MOST, "")
    many = read_opinion(json.dumps([*notes, *bad]).encode(), "oasdiff 9", "x")
    assert all(one.breaks for one in many.changes)
    assert (len(many.changes), many.changes[-1].message) == (
        MOST + 1,
        f"500 more changes besides the {MOST} that are told (oasdiff 9: more)",
    )


@pytest.mark.parametrize("answer", [b"{}", b"[1]", b"nonsense", b"[" * 9000])
def test_an_answer_of_another_shape_is_no_answer(answer: bytes) -> None:
    assert read_opinion(answer, "oasdiff 9", "x").trouble


SHARED = "contracts/schemas/who.json"


UNDECIDED = ("unknown", "event-breaking/undecided")


def who(**schema: Any) -> str:
    return json.dumps({"$defs": {"who": {"type": "object", "properties": schema}}}, indent=1)


NAMING = {EVENT: event(who={"$ref": "../schemas/who.json#/$defs/who"}), API: api()}


def test_a_schema_that_an_event_shares_is_compared_where_it_is_used() -> None:
    result = judged({**NAMING, SHARED: who(at=NUMBER)}, then_of({**NAMING, SHARED: who(at=STRING)}))
    assert brief(result) == [f"fail event-breaking/type M02-Profile-Service mesh/{SHARED}:7:6"]
    assert result.findings[0].message == (
        "user.profile_updated: at: the type was string, is integer; breaks readers of the old "
        "contract (forward): M20-Feed-Service; breaks new readers of old events (backward): "
        "M20-Feed-Service; at /$defs/who/properties/at/type, line 7 at main"
    )
    assert gates(result) == {
        "event-breaking": "fail",
        "openapi-breaking": "no OpenAPI document differs from main",
    }


def test_a_shared_schema_may_grow_and_be_written_otherwise() -> None:
    then = then_of({**NAMING, SHARED: who(at=STRING)})
    for schema in (who(at=STRING, more=STRING), who(at={"enum": ["a"], "type": "string"})):
        broken = brief(judged({**NAMING, SHARED: schema}, then))
        assert [one.split()[1] for one in broken] == (
            ["event-breaking/enum"] if "enum" in schema else []
        )
    assert brief(judged({**NAMING, SHARED: json.dumps(json.loads(who(at=STRING)))}, then)) == []


def test_a_shared_schema_that_leads_to_another_is_followed() -> None:
    between = {
        "contracts/schemas/all.json": json.dumps({"allOf": [{"$ref": "who.json#/$defs/who"}]})
    }
    naming = {EVENT: event(who={"$ref": "../schemas/all.json"}), **between}
    result = judged({**naming, SHARED: who(at=NUMBER)}, then_of({**naming, SHARED: who(at=STRING)}))
    assert brief(result) == [f"fail event-breaking/type M02-Profile-Service mesh/{SHARED}:7:6"]


def test_a_shared_schema_of_answers_breaks_by_the_way_its_data_goes() -> None:
    naming = {API: api(send={"$ref": "../schemas/who.json#/$defs/who"})}
    grown = who(at=STRING).replace('"object"', '"object", "required": ["at"]')
    then = then_of({**naming, SHARED: who(at=STRING)})
    result = judged({**naming, SHARED: grown}, then)
    assert [one.code for one in result.findings] == ["openapi-breaking/required"]
    assert result.findings[0].place == Place(f"mesh/{SHARED}", 4, 22)
    back = judged({**naming, SHARED: who(at=STRING)}, then_of({**naming, SHARED: grown}))
    assert brief(back) == []


def test_a_reference_that_leads_nowhere_any_more_is_unknown() -> None:
    result = judged(NAMING, then_of({**NAMING, SHARED: who(at=STRING)}))
    assert {(str(one.status), one.code) for one in result.findings} == {UNDECIDED}
    outside = {EVENT: event(who={"$ref": "https://example.org/schemas/who.json"})}
    result = judged({**outside, SHARED: "[]"}, then_of({**outside, SHARED: "{}"}))
    assert {(str(one.status), one.code) for one in result.findings} == {UNDECIDED}


def test_a_shared_schema_that_no_contract_names_is_compared_by_itself() -> None:
    then = then_of(
        {
            EVENT: event(),
            SHARED: json.dumps({"type": "object", "properties": {"at": STRING}}, indent=1),
        }
    )
    now = {
        EVENT: event(),
        SHARED: json.dumps({"type": "object", "properties": {"at": NUMBER}}, indent=1),
    }
    result = judged(now, then)
    assert brief(result) == [f"fail event-breaking/type None mesh/{SHARED}:5:4"]
    assert result.findings[0].message == (
        "contracts/schemas/who.json: at: the type was string, is integer; breaks readers of the old "
        "contract (forward); breaks new readers of old events (backward); at /properties/at/type, line 5 at main"
    )
    assert [one.code for one in judged({EVENT: event()}, then).findings] == [
        "event-breaking/removed"
    ]
    assert brief(judged({EVENT: event(), SHARED: "{}"}, then_of({EVENT: event()}))) == []
    same = {**NAMING, SHARED: who(at=STRING)}
    assert brief(judged(same, then_of(same))) == []
