"""A check as text and JSON: whole outputs of small checks, and limits of large ones."""

from __future__ import annotations

import json
from importlib import resources
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from made.readiness_cases import judged
from tierline.facts.decision import Decision, Severity
from tierline.mesh.defect import Place
from tierline.readiness.check import check
from tierline.readiness.gates import GATES
from tierline.readiness.model import Check, Finding, GateResult
from tierline.report.check_document import check_document, check_json
from tierline.report.check_text import check_text

BROKEN = {
    "write": {"{P}/configs/default.yaml": "service: {\n", "{F}/README.md": ""},
    "edit": ["docs/dependency-load-order.md", "microservices: 4", "microservices: 5"],
}

TEXT = """\
NO-GO: 3 failures in 2 services

  structure   fail  1 failure
  index       ok
  load-order  fail  1 failure
  lifecycle   ok
  config      fail  1 failure
  owners      ok
  settings    ok

  not judged by this version: alias-lineage, event-contracts, manifests,
    compose, proto-lint, proto-breaking, proto-generated, openapi-breaking,
    event-breaking, tests, waivers, scripts

The release as a whole: NO-GO (1 failure)
  fail    load-order/differs
    mesh/docs/dependency-load-order.md:7:1
      Total microservices: the document says 5, the index 4
      fix: tierline index generate

M02-Profile-Service: NO-GO (1 failure)
  fail    config/not-yaml
    mesh/services/core-platform/M02-profile-service/configs/default.yaml:2:1
      not YAML: did not find expected node content
      fix: correct the syntax at this place

M20-Feed-Service: NO-GO (1 failure)
  fail    structure/empty-file
    mesh/services/data-ai/M20-feed-service/README.md
      required file README.md is empty
      fix: write what belongs in it

more about a code: tierline explain load-order/differs
"""


def validator(name: str) -> Draft202012Validator:
    file = resources.files("tierline.report").joinpath(f"schemas/{name}-1.json")
    schema: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def test_findings_stand_by_service_with_place_reason_and_fix() -> None:
    assert check_text(judged(BROKEN).check) == TEXT


def test_nothing_found() -> None:
    clean = Check(Decision.GO, (GateResult("structure", Severity.OK),), ())
    assert check_text(clean) == "GO: nothing found\n\n  structure  ok\n"


def test_production_says_that_it_needs_what_is_not_judged() -> None:
    text = check_text(judged({}, "production").check)
    assert text.startswith("HOLD: nothing found\n")
    assert "not judged by this version, and so unknown here: alias-lineage," in text


def test_a_partial_check_says_what_it_left_out() -> None:
    case = judged({})
    found = check(case.mesh, case.facts, case.policy, frozenset({"config"}), 0.0)
    text = check_text(found)
    assert text.startswith(
        "GO (partial: some gates were left out): nothing found\n\n  config  ok\n"
    )
    assert "left out of this check: structure, index" in text
    document = check_document(found)
    assert document["partial"] is True
    assert document["gates"] == [{"id": "config", "status": "ok", "reason": ""}]


def many(services: int, each: int) -> Check:
    findings = tuple(
        Finding(
            "config/value", "config", Severity.FAIL, f"M{one:02}-Service", Place("mesh/x", n + 1),
            f"number {n} is wrong",
        )
        for one in range(services)
        for n in range(each)
    )  # fmt: skip
    gates = tuple(GateResult(gate.id, Severity.OK) for gate in GATES)
    return Check(Decision.NO_GO, gates, findings)


def test_hundreds_of_findings_stay_readable() -> None:
    text = check_text(many(40, 10))
    assert "Most frequent\n  400  fail  config/value\n" in text
    assert text.count("and 7 more of this code") == 20
    assert "and 20 more: M20 (10 failures); M21 (10 failures)" in text
    assert len(text.splitlines()) < 250
    assert check_text(many(40, 10), most=None).count("and 7 more of this code") == 40


@pytest.mark.parametrize("width", [40, 80, 200])
def test_lines_fit_the_terminal_except_for_paths_and_codes(width: int) -> None:
    text = check_text(judged(BROKEN).check, width)
    paths = ("mesh/", "load-order/", "required file", "more about a code")
    long = [line for line in text.splitlines() if len(line) > width]
    assert [line for line in long if not line.strip().startswith(paths)] == []


def test_what_a_mesh_says_cannot_act_on_the_terminal() -> None:
    odd = Finding(
        "config/value", "config", Severity.FAIL, "M01-\x1b[31mRed", Place("mesh/\u202ex", 1), "\x07"
    )
    found = Check(Decision.NO_GO, (GateResult("config", Severity.FAIL),), (odd,))
    for text in (check_text(found), check_json(found)):
        assert text.isascii()
        assert not set(text) & set("\x1b\x07")


def test_the_document_follows_its_schema_and_loses_nothing() -> None:
    found = judged(BROKEN).check
    document = json.loads(check_json(found))
    assert [error.message for error in validator("check").iter_errors(document)] == []
    assert document["decision"] == "NO-GO"
    assert {one["id"]: one["status"] for one in document["gates"]}["config"] == "fail"
    assert len(document["findings"]) == len(found.findings)
    (config,) = (one for one in document["findings"] if one["gate"] == "config")
    path = "mesh/services/core-platform/M02-profile-service/configs/default.yaml"
    assert (config["path"], config["line"], config["column"]) == (path, 2, 1)
    assert config["service_id"] == "M02-Profile-Service"
    assert not validator("check").is_valid({**document, "decision": "MAYBE"})
