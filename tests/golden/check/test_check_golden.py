"""Whole checks in every format, valid by the schemas of those who read them."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import xmlschema
from jsonschema import Draft4Validator

from made.checks import of_gates
from made.readiness_cases import judged
from tierline import __version__
from tierline.facts.decision import Decision, Severity
from tierline.facts.reference import NoReference, Reference
from tierline.mesh.defect import Place
from tierline.policy.model import Waiver
from tierline.readiness.code import Code
from tierline.readiness.fingerprint import fingerprinted
from tierline.readiness.model import Check, Finding, GateResult
from tierline.report import check_sarif as check_sarif_module
from tierline.report import groups
from tierline.report.check_document import check_json
from tierline.report.check_github import check_github
from tierline.report.check_junit import MOST_CASES, RELEASE, check_junit
from tierline.report.check_markdown import MOST_CHARACTERS, check_markdown
from tierline.report.check_sarif import FINGERPRINT, MOST, check_sarif
from tierline.report.check_text import Show, check_text

Golden = Callable[[str, str], None]
SCHEMAS = Path(__file__).parents[2] / "schemas"
SERVICES = ("M01-Accounts", "M02-Profile", "M20-Feed", "M30-Odd")
WAIVER = Waiver("config/unresolved-variable", "M20", "set by the platform", "ada", 1_900_000_000.0)
FAIL, UNKNOWN, WARN, OK = Severity.FAIL, Severity.UNKNOWN, Severity.WARN, Severity.OK
ODD = "M30: `x`, 100% |of| <b>it</b> ](http://evil.example)\u202e\x1b[31m\n::error::owned"

FINDINGS = (
    Finding("structure/missing-file", "structure", FAIL, "M02-Profile",
            Place("mesh/services/core/M02-profile/Makefile"), "required file Makefile is missing",
            "create it"),
    Finding("structure/nothing-runs", "structure", FAIL, "M02-Profile",
            Place("mesh/services/core/M02-profile"), "nothing of it can be started",
            "say how it starts:\n[services.M02-Profile.run]\napi = [\"PROGRAM\"]"),
    Finding("index/freshness-not-judged", "index", UNKNOWN, None,
            Place("mesh/services/services-index.yaml"), "freshness not judged: no inputs"),
    Finding("config/value", "config", FAIL, "M30-Odd",
            Place("mesh/services/core/M30-odd/configs/a b,c:d.yaml", 7, 3), ODD, "write a number"),
    Finding("config/unresolved-variable", "config", WARN, "M20-Feed",
            Place("mesh/services/core/M20-feed/configs/default.yaml", 7, 15),
            "needs ${URL} (waived until 2030-03-17 17:46 UTC by ada: set by the platform)",
            "add URL to .env.example", waiver=WAIVER),
    Finding("owners/external", "owners", WARN, "M20-Feed", Place("specs/dependencies.yaml", 4),
            "E50-Tax is outside the mesh"),
)  # fmt: skip
BAD = Check(
    Decision.NO_GO,
    (
        GateResult("structure", FAIL),
        GateResult("index", UNKNOWN),
        GateResult("config", FAIL),
        GateResult("owners", WARN),
        GateResult("settings", OK),
        GateResult("waivers", OK),
        GateResult("tests", None, "the policy asks for no tests", off=True),
    ),
    fingerprinted(FINDINGS, "mesh"),
    reference=Reference("c0ffee", "c0ffee" * 6, "what local runs since R-1"),
)
GOOD = Check(Decision.GO, (GateResult("structure", OK), GateResult("config", OK)), ())
SOME = replace(
    BAD,
    gates=(*BAD.gates[:4], BAD.gates[5], GateResult("settings", None, "left out of this check")),
    partial=True,
    hidden=2,
)
WAIVED = replace(
    BAD,
    decision=Decision.GO,
    findings=(BAD.findings[4],),
    gates=BAD.gates[2:5],
    reference=NoReference("the clone is shallow"),
)
CHECKS = {"bad": BAD, "good": GOOD, "some": SOME, "waived": WAIVED}
LINES = {FINDINGS[4].place: "  url: ${URL} # \x07"}


CODES = {
    one.code: Code(
        one.code, f"Title of {one.code}", (FAIL, FAIL, FAIL), f"Why {one.code}.", f"Fix {one.code}."
    )
    for one in FINDINGS
}


@pytest.fixture(autouse=True)
def _own_table(monkeypatch: pytest.MonkeyPatch) -> None:
    """Words of a code may change; how they are shown may not."""
    for module in (groups, check_sarif_module):
        monkeypatch.setattr(module, "CODES", CODES)


def located(shown: str) -> str:
    """As in a repository whose top is the mesh; the canonical inputs lie outside it."""
    return shown.removeprefix("mesh/") if shown.startswith("mesh/") else ""


def sarif(check: Check) -> str:
    text = check_sarif(check, "local", "services/services-index.yaml", located)
    return text.replace(__version__, "VERSION")


def lines(check: Check) -> Mapping[Place, str]:
    return {place: line for place, line in LINES.items() if place}


VIEWS: dict[str, Callable[[Check], str]] = {
    "80.txt": lambda check: check_text(check, 80, Show.ALL, lines(check)),
    "json": check_json,
    "md": check_markdown,
    "xml": lambda check: check_junit(check, (None, *SERVICES)),
    "sarif": sarif,
    "github.txt": lambda check: check_github(check, located),
}


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("check", CHECKS)
def test_a_check_reads_as_it_did(check: str, view: str, golden: Golden) -> None:
    golden(f"{check}.{view}", VIEWS[view](CHECKS[check]))


def schema_of_sarif() -> Draft4Validator:
    schema = json.loads((SCHEMAS / "sarif-2.1.0-rtm.5.json").read_text(encoding="utf-8"))
    Draft4Validator.check_schema(schema)
    return Draft4Validator(schema)


def run_of(check: Check) -> dict[str, Any]:
    document = json.loads(check_sarif(check, "local", "services/services-index.yaml", located))
    assert [error.message for error in schema_of_sarif().iter_errors(document)] == []
    return document["runs"][0]


REAL = of_gates(judged({"write": {"{P}/configs/default.yaml": "service: {\n"}}).check)


@pytest.mark.parametrize("check", [*CHECKS.values(), REAL])
def test_sarif_is_valid_and_its_paths_are_relative(check: Check) -> None:
    run = run_of(check)
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert len(rules) == len(set(rules))
    for result in run["results"]:
        assert result["ruleId"] in rules
        (location,) = result["locations"]
        uri = location["physicalLocation"]["artifactLocation"]["uri"]
        assert not uri.startswith(("/", "mesh/", "..")) and ":" not in uri and " " not in uri


def test_what_stops_a_release_is_an_error_and_what_is_waived_is_suppressed() -> None:
    results = {one["ruleId"]: one for one in run_of(BAD)["results"]}
    assert {code: one["level"] for code, one in results.items()} == {
        "structure/missing-file": "error",
        "structure/nothing-runs": "error",
        "index/freshness-not-judged": "error",
        "config/value": "error",
        "config/unresolved-variable": "warning",
        "owners/external": "warning",
    }
    (code,) = (code for code, one in results.items() if "suppressions" in one)
    assert code == "config/unresolved-variable"
    moved = tuple(
        replace(one, place=replace(one.place, line=99)) if one.place and one.place.line else one
        for one in FINDINGS
    )
    again = run_of(replace(BAD, findings=fingerprinted(moved, "mesh")))["results"]
    before = {
        one["ruleId"]: one["partialFingerprints"][FINGERPRINT] for one in run_of(BAD)["results"]
    }
    assert {one["ruleId"]: one["partialFingerprints"][FINGERPRINT] for one in again} == before


def many(count: int) -> Check:
    words = "it says something that takes a whole line, as most findings do: "
    findings = fingerprinted(
        (
            Finding(
                "config/value", "config", FAIL if number % 3 else WARN, f"M{number:05}-Service",
                Place(f"mesh/services/core/M{number:05}-service/configs/default.yaml", 3, 4),
                f"{words}{number * 7919 % 100_003}", "correct the value at this place",
            )
            for number in range(count)
        ), "mesh",
    )  # fmt: skip
    return Check(Decision.NO_GO, (GateResult("config", FAIL),), findings)


def test_sarif_keeps_the_worst_within_githubs_limits_and_says_so() -> None:
    text = check_sarif(many(30_000), "local", "x", located)
    assert len(gzip.compress(text.encode())) < 10_000_000
    run = json.loads(text)["runs"][0]
    assert len(run["results"]) == MOST
    assert {one["level"] for one in run["results"]} == {"error"}
    (said,) = (
        one["message"]["text"] for one in run["invocations"][0]["toolExecutionNotifications"]
    )
    assert said == "25000 of the findings are left out, the least severe ones"


def parsed(text: str) -> ET.Element:
    return ET.fromstring(text)  # noqa: S314 - our own output


XSD = xmlschema.XMLSchema(str(SCHEMAS / "junit-10.xsd"))


@pytest.mark.parametrize("check", [*CHECKS.values(), REAL, many(100)])
def test_junit_is_valid_and_counts_what_it_holds(check: Check) -> None:
    text = check_junit(check, (None, *SERVICES))
    XSD.validate(text)
    whole = parsed(text)
    for element in (whole, *whole):
        cases = list(element.iter("testcase"))
        counted = (len(cases), sum(c.find("failure") is not None for c in cases),
                   sum(c.find("error") is not None for c in cases))  # fmt: skip
        assert counted == tuple(
            int(element.get(key, "")) for key in ("tests", "failures", "errors")
        )


def test_junit_has_a_case_for_each_service_a_failure_and_an_error() -> None:
    whole = parsed(check_junit(BAD, (None, *SERVICES)))
    suites = {suite.get("name"): suite for suite in whole}
    assert [case.get("name") for case in suites["config"]] == [RELEASE, *SERVICES]
    inside = {
        (gate, case.get("name")): element.tag
        for gate, suite in suites.items()
        for case in suite.iter("testcase")
        for element in case
    }
    assert inside == {
        ("structure", "M02-Profile"): "failure",
        ("index", RELEASE): "error",
        ("config", "M20-Feed"): "system-out",
        ("config", "M30-Odd"): "failure",
        ("owners", "M20-Feed"): "system-out",
        ("tests", RELEASE): "skipped",
    }


def test_what_is_hidden_or_too_much_has_no_case_that_passes() -> None:
    for check, subjects in ((SOME, (None, *SERVICES)), (BAD, (None, *"x" * MOST_CASES))):
        whole = parsed(check_junit(check, subjects))
        cases = [case for case in whole.iter("testcase") if not list(case)]
        assert cases == []


def test_a_comment_has_a_limit_and_says_what_is_left_out() -> None:
    text = check_markdown(many(5_000))
    assert 50_000 < len(text) <= MOST_CHARACTERS
    last = text.rstrip().splitlines()[-1]
    kept = text.count("| fail | M")
    assert last == f"And {5_000 - kept} more, of the least severe: `tierline check --all`"


def test_github_gets_ten_of_a_kind_each_cause_first() -> None:
    text = check_github(many(300), located)
    assert (text.count("::error "), text.count("::warning "), text.count("::notice ")) == (
        10,
        10,
        1,
    )
    assert text.splitlines()[-1].endswith(
        "280 not annotated here, GitHub shows 10 of a kind: tierline check"
    )
    mixed = replace(many(50), findings=(*many(50).findings, *BAD.findings))
    errors = [line for line in check_github(mixed, located).splitlines() if "::error" in line]
    assert sum("structure/" in line for line in errors) == 2


def test_a_hundred_thousand_findings_are_told_in_a_page() -> None:
    text = check_text(many(100_000), 80)
    assert len(text.splitlines()) < 40
    assert text.startswith("NO-GO: 66666 failures, 33334 warnings in 100000 services\n")
    assert "and 99988 more" not in text and " more" in text
    assert "everything:  tierline check --all" in text
