"""A check as text and JSON: whole outputs of small checks, and limits of large ones."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib import resources
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from made.checks import of_gates
from made.readiness_cases import judged
from tierline.errors import UsageError
from tierline.facts.decision import Decision, Severity
from tierline.mesh.defect import Place
from tierline.policy.model import Waiver
from tierline.readiness.check import check
from tierline.readiness.gates import GATES
from tierline.readiness.model import Check, Finding, GateResult
from tierline.readiness.narrow import listed, of_services
from tierline.report import check_text as check_text_module
from tierline.report.check_document import check_document, check_json
from tierline.report.check_markdown import check_markdown
from tierline.report.check_text import Show, check_text

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

  contracts are compared with main, as --against says

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
    assert check_text(of_gates(judged(BROKEN).check)) == TEXT


def test_nothing_found() -> None:
    clean = Check(Decision.GO, (GateResult("structure", Severity.OK),), ())
    assert check_text(clean) == "GO: nothing found\n\n  structure  ok\n"


def test_a_partial_check_says_what_it_left_out() -> None:
    case = judged({})
    found = check(case.mesh, case.facts, case.policy, frozenset({"config"}), 0.0)
    text = check_text(found)
    assert text.startswith(
        "GO (partial: not everything was judged): nothing found\n\n  config  ok\n"
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


CAUSES = """\
NO-GO: 12 failures in 3 services

  structure  ok
  config     fail  12 failures

Failures: first what holds every service, then what frees most
   12 config/value: A value that is not allowed
      in M00 (4), M01 (4), M02 (4)
      such as mesh/x:1: number 0 is wrong
      nothing else counts against M00, M01, M02

one service: tierline check M00
one cause:   tierline check --code CODE    (tierline explain CODE)
everything:  tierline check --all
"""


def test_many_findings_are_told_by_cause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_text_module, "_MANY", 10)
    gates = (GateResult("structure", Severity.OK), GateResult("config", Severity.FAIL))
    assert check_text(replace(many(3, 4), gates=gates)) == CAUSES


def test_hundreds_of_findings_stay_readable() -> None:
    assert len(check_text(many(40, 10)).splitlines()) < 40
    everything = check_text(many(40, 10), show=Show.ALL)
    assert everything.count("is wrong") == 400
    assert "NO-GO (10 failures)" in everything


def test_lines_to_copy_stay_as_they_are() -> None:
    fix = 'if so, add to tierline.toml:\n[services.M01.run]\napi = ["ruby", "a very long argument"]'
    one = Finding("config/value", "config", Severity.FAIL, "M01-A", Place("mesh/x"), "odd", fix)
    text = check_text(Check(Decision.NO_GO, (GateResult("config", Severity.FAIL),), (one,)), 40)
    assert '        [services.M01.run]\n        api = ["ruby", "a very long argument"]\n' in text
    assert "fix: if so, add to tierline.toml:\n" in text


def test_markdown_has_gates_causes_and_findings_as_tables() -> None:
    text = check_markdown(of_gates(judged(BROKEN).check))
    assert text.startswith("# NO-GO: 3 failures in 2 services\n")
    assert "| fail | `config/not-yaml` | 1 | M02 | correct the syntax at this place |" in text
    assert len([line for line in text.splitlines() if line.startswith("| fail ")]) == 6


def test_a_check_of_services_is_theirs_alone_and_partial() -> None:
    found = of_services(of_gates(judged(BROKEN).check), frozenset({"M20-Feed-Service"}))
    assert (found.decision, found.partial) == (Decision.NO_GO, True)
    assert [one.code for one in found.findings] == ["structure/empty-file"]
    statuses = {result.gate: result.status for result in found.gates}
    assert (statuses["structure"], statuses["config"]) == (Severity.FAIL, Severity.OK)
    assert of_services(
        of_gates(judged(BROKEN).check), frozenset({"M01-Authentication-Service"})
    ).decision is (Decision.GO)


def test_what_is_shown_can_be_chosen_and_decides_nothing() -> None:
    found = of_gates(judged(BROKEN).check)
    chosen = listed(found, frozenset({"config/not-yaml"}), frozenset())
    assert [one.code for one in chosen.findings] == ["config/not-yaml"]
    assert chosen.hidden == len(found.findings) - 1
    none = listed(found, frozenset({"structure/half-character"}), frozenset())
    assert check_text(none).startswith(
        f"NO-GO: nothing of that kind; findings not shown: {none.hidden}\n"
    )
    assert listed(found, frozenset(), frozenset({"warn"})).decision is Decision.NO_GO
    with pytest.raises(UsageError, match="no finding has the code config/not-yam"):
        listed(found, frozenset({"config/not-yam"}), frozenset())


@pytest.mark.parametrize("width", [40, 80, 200])
def test_lines_fit_the_terminal_except_for_paths_and_codes(width: int) -> None:
    text = check_text(of_gates(judged(BROKEN).check), width)
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
    found = of_gates(judged(BROKEN).check)
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


OFF = Check(
    Decision.GO,
    (
        GateResult("structure", Severity.OK),
        GateResult("tests", None, "the policy does not ask", off=True),
        GateResult("scripts", None, "the policy does not ask", off=True),
        GateResult("config", None, "left out of this check"),
    ),
    (),
    partial=True,
)


def test_a_gate_that_is_off_is_not_one_that_was_left_out() -> None:
    assert check_text(OFF) == (
        "GO (partial: not everything was judged): nothing found\n\n  structure  ok\n\n"
        "  not asked for: tests, scripts (the policy does not ask)\n"
        "  left out of this check: config\n"
    )
    document = json.loads(check_json(OFF))
    assert [error.message for error in validator("check").iter_errors(document)] == []
    assert {one["id"]: (one["status"], one["reason"]) for one in document["gates"]} == {
        "structure": ("ok", ""),
        "tests": ("off", "the policy does not ask"),
        "scripts": ("off", "the policy does not ask"),
    }


def test_go_with_waivers_is_told_as_such() -> None:
    waiver = Waiver("config/value", None, "until the move", "ada", 4e9)
    one = Finding(
        "config/value", "config", Severity.WARN, "M01-A", Place("mesh/x"), "odd", waiver=waiver
    )
    found = Check(Decision.GO, (GateResult("config", Severity.WARN),), (one,))
    assert check_text(found).startswith(
        "GO with waivers: 1 warning in 1 service; 1 of them is waived\n"
    )
    document = json.loads(check_json(found))
    assert [error.message for error in validator("check").iter_errors(document)] == []
    assert document["findings"][0]["waiver"] == {
        "author": "ada",
        "reason": "until the move",
        "expires": "2096-10-02T07:06:40.000000Z",
        "baseline": False,
    }
