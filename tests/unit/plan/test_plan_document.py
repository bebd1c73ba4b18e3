"""The plan file: its shape, and every way in which one is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

import tierline.report
from made.plans import mesh_of, request_of
from made.shop import blocked, ready
from tierline.boundary.model import Basis, Fit
from tierline.boundary.table import Met, Side, Table
from tierline.errors import UsageError
from tierline.facts.decision import Decision
from tierline.plan.build import build
from tierline.plan.digest import canonical, sealed
from tierline.plan.document import as_document, checksum, from_json, to_json
from tierline.plan.model import Plan
from tierline.plan.wire import json_schema
from tierline.policy.model import Access

SCHEMA = Path(tierline.report.__file__).parent / "schemas" / "plan-1.json"
Document = dict[str, object]


def document() -> Document:
    return json.loads(to_json(ready()))


def refused(text: str) -> str:
    with pytest.raises(UsageError) as error:
        from_json(text)
    assert error.value.code == "plan/unusable"
    return error.value.message


def test_the_file_has_the_fields_that_were_promised() -> None:
    assert document().keys() >= {
        "schema", "digest", "environment", "target", "decision", "services", "batches",
        "overruled", "blockers", "bound_seconds",
    }  # fmt: skip
    services = document()["services"]
    assert isinstance(services, list)
    assert services[0].keys() >= {
        "service_id", "tier", "effective_tier", "level", "batch", "owners", "externals", "revision",
    }  # fmt: skip
    assert isinstance(services[0]["revision"], str)


@pytest.mark.parametrize("plan", [ready, blocked])
def test_the_file_satisfies_its_published_schema(plan) -> None:
    schema = json.loads(SCHEMA.read_text())
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(json.loads(to_json(plan())))


def test_by_which_evidence_is_bound_and_read_back() -> None:
    full = request_of(mesh_of({"M01-Auth": ()}))
    access = Access(status_only=True)
    plan = build(replace(full, policy=replace(full.policy, access=access)))
    assert plan.rules.status_only
    assert from_json(to_json(plan)) == plan
    assert plan.digest != build(full).digest
    assert "evidence" not in json.loads(to_json(build(full)))["rules"]


def test_the_pairs_that_it_meets_are_read_back_and_not_bound() -> None:
    met = Met("C", "P", "contracts/a", Side.RUNS, Side.CANDIDATE, Fit.NO, Basis.USE, "why")
    plan = replace(ready(), boundaries=Table((met,), {"no": 1}))
    assert from_json(to_json(plan)) == plan
    assert sealed(plan).digest == ready().digest


def test_the_published_schema_is_that_of_the_code(request: pytest.FixtureRequest) -> None:
    made = json.dumps(json_schema(), indent=2) + "\n"
    if request.config.getoption("--write-golden"):
        SCHEMA.write_text(made)
    assert SCHEMA.read_text() == made


def test_the_file_has_one_line_for_each_service() -> None:
    lines = to_json(ready()).splitlines()
    assert sum('"service_id": "M02-Profile-Service"' in line for line in lines) == 1


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "line 1, column 1"),
        ("{", "line 1"),
        ("[]", "not a JSON object"),
        ("null", "not a JSON object"),
        ("{}", "it has no schema"),
        ('{"schema": "tierline/plan/9"}', 'schema is "tierline/plan/9"'),
        ('{"schema": "tierline/report/1"}', "this version reads tierline/plan/1"),
        ('{"schema": ' + "[" * 100_000, "nested too deeply"),
        ('{"schema": ' + "9" * 5_000 + "}", "number too long"),
        ("\ufeff{}", "BOM"),
        ('{"schema": "tierline/plan/1", "x": "\udcff"}', "unicode"),
        ('{"schema": "tierline/plan/1", "x": "\\ud800"}', "invalid JSON"),
    ],
)
def test_what_is_no_plan_file_is_refused(text: str, told: str) -> None:
    assert told in refused(text)


@pytest.mark.parametrize("part", [0.1, 0.5, 0.9, 0.999])
def test_a_truncated_file_is_refused(part: float) -> None:
    text = to_json(ready())
    assert "line" in refused(text[: int(len(text) * part)])


def test_keys_given_twice_are_refused_all_at_once() -> None:
    text = to_json(ready())
    text = text.replace('"mesh":', '"mesh": "other",\n"mesh":', 1)
    text = text.replace('"level":', '"level": 9, "level":', 1)
    message = refused(text)
    assert '"mesh"' in message
    assert '"level"' in message


def test_everything_ill_typed_missing_or_additional_is_named_at_once() -> None:
    given = document()
    given["bound_seconds"] = "8"
    given["extra"] = 1
    given["environment"] = "two\nlines"
    del given["rules"]
    services = given["services"]
    assert isinstance(services, list)
    services[0]["tier"] = True
    services[1]["decision"] = "MAYBE"
    message = refused(json.dumps(given))
    for named in ("bound_seconds", "extra", "environment", "rules", "services[0].tier",
                  "services[1].decision"):  # fmt: skip
        assert f"{named}: " in message


def test_numbers_that_json_does_not_have_are_refused() -> None:
    given = document()
    given["bound_seconds"] = float("nan")
    refused(json.dumps(given))


def edit_tier(given) -> None:
    given["services"][0]["tier"] = 0


def edit_revision(given) -> None:
    given["services"][0]["parts"]["source"]["service tree"] = "other"


def edit_blockers(given) -> None:
    given["blockers"] = [
        {"code": "a/b", "service_id": None, "message": "made up", "chain": []},
    ]


def edit_digest(given) -> None:
    given["digest"] = "0" * 32


def edit_outside(given) -> None:
    given["outside"]["M10-Event-Bus-Service"] = "f" * 32


def edit_limit(given) -> None:
    given["rules"]["limits"]["max_parallel"] = 1000


def edit_seconds(given) -> None:
    given["services"][0]["expected_seconds"] = 99.0


def edit_selection(given) -> None:
    given["selection"] = "tier:0"


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        (edit_tier, "digest: says"),
        (edit_revision, "services.M01-Authentication-Service.revision: says"),
        (edit_blockers, "decision: says GO beside 1 blockers"),
        (edit_digest, "digest: says 0000"),
        (edit_outside, "digest: says"),
        (edit_limit, "digest: says"),
        (edit_seconds, "checksum"),
        (edit_selection, "checksum"),
    ],
)
def test_an_edited_file_is_refused(edit: Callable[[Document], None], told: str) -> None:
    given = document()
    edit(given)
    assert told in refused(json.dumps(given))


def turned_around(plan: Plan) -> Plan:
    return replace(plan, services=plan.services[::-1])


def without_an_owner(plan: Plan) -> Plan:
    return replace(plan, services=tuple(s for s in plan.services if s.service_id[:3] != "M02"))


def with_one_twice(plan: Plan) -> Plan:
    return replace(plan, services=(*plan.services, plan.services[-1]))


def with_an_empty_batch(plan: Plan) -> Plan:
    return replace(plan, batches=(replace(plan.batches[0], services=()), *plan.batches[1:]))


def in_another_batch(plan: Plan) -> Plan:
    return replace(plan, services=(replace(plan.services[0], batch="t9-l9"), *plan.services[1:]))


def in_a_higher_tier(plan: Plan) -> Plan:
    return replace(plan, services=(replace(plan.services[0], tier=7), *plan.services[1:]))


def with_a_planned_owner_outside(plan: Plan) -> Plan:
    last = replace(plan.services[-1], outside=(plan.services[0].service_id,))
    return replace(plan, services=(*plan.services[:-1], last))


def without_outside_owners(plan: Plan) -> Plan:
    return replace(plan, outside={})


def with_a_service_on_hold(plan: Plan) -> Plan:
    held = replace(plan.services[0], decision=Decision.HOLD)
    return replace(plan, services=(held, *plan.services[1:]))


@pytest.mark.parametrize(
    ("forge", "told"),
    [
        (turned_around, "rank: says"),
        (without_an_owner, "owners: M02-Profile-Service is not planned"),
        (with_one_twice, "is planned 2 times"),
        (with_an_empty_batch, "batches: are not those"),
        (in_another_batch, "batch: says t9-l9, tier and level say t1-l0"),
        (in_a_higher_tier, "effective_tier: is lower than its tier"),
        (with_a_planned_owner_outside, "outside: M01-Authentication-Service is planned"),
        (without_outside_owners, "outside.M10-Event-Bus-Service"),
        (with_a_service_on_hold, "decision: says GO, a service of it is HOLD"),
    ],
)
def test_a_plan_that_contradicts_itself_is_refused_even_with_its_right_digest(
    forge: Callable[[Plan], Plan], told: str
) -> None:
    message = refused(to_json(sealed(forge(ready()))))
    assert told in message
    assert "digest" not in message


def test_the_checksum_covers_one_spelling_only() -> None:
    plan = ready()
    assert canonical({"b": 1.0, "a": "ü"}) == '{"a":"\\u00fc","b":1.0}'
    assert from_json(json.dumps(as_document(plan), sort_keys=True)) == plan


def test_a_plan_from_before_checkpoints_and_ready_only_is_still_read() -> None:
    given = document()
    for name in ("checkpoint", "ready_only", "left_out", "checksum"):
        del given[name]
    assert from_json(json.dumps({**given, "checksum": checksum(given)})) == ready()
