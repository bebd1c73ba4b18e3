"""Checklists as people and machines see them."""

from __future__ import annotations

import json
from importlib.resources import files

import pytest
from jsonschema import Draft202012Validator

from tierline.facts.decision import Decision, Severity
from tierline.mesh.defect import Place
from tierline.readiness.register import Checklist, Item
from tierline.report.register_document import register_json
from tierline.report.register_text import Registration, outcome, register_markdown, register_text

PATH = "mesh/tooling/manifests/implemented-services.yaml"
BAD = Checklist(
    "M02-Order-Service",
    (
        Item(
            "code", Severity.FAIL, "it prints a | placeholder", Place("mesh/a.go", 7, 1), "write it"
        ),
        Item("tests", Severity.OK, "all are there"),
    ),
)
GOOD = Checklist("M01-Account-Service", (Item("code", Severity.OK, "2 source files"),))
LISTED = Checklist("M03-Old-Service")
REFUSED = Registration("local", Decision.NO_GO, (GOOD, BAD, LISTED), (), PATH)


def test_the_text_has_every_rule_with_place_and_fix() -> None:
    assert register_text(REFUSED, 70) == (
        "M01-Account-Service: GO\n"
        "  ok      code        2 source files\n"
        "\n"
        "M02-Order-Service: NO-GO\n"
        "  fail    code        mesh/a.go:7:1: it prints a | placeholder\n"
        "                      fix: write it\n"
        "  ok      tests       all are there\n"
        "\n"
        "M03-Old-Service: listed already\n"
        "\n"
        "nothing was listed: 1 of 2 not ready; --ready-only lists the others\n"
    )


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (Registration("local", Decision.GO, (LISTED,), (), PATH), f"nothing to do: all are listed in {PATH}"),
        (Registration("local", Decision.GO, (GOOD,), ("M01-A",), PATH), f"listed M01-A in {PATH}"),
        (Registration("local", Decision.GO, (GOOD,), ("M01-A",), PATH, True), f"would list M01-A in {PATH}"),
        (Registration("local", Decision.NO_GO, (BAD,), (), PATH), "nothing was listed: 1 of 1 not ready"),
    ],
)  # fmt: skip
def test_the_outcome_is_one_sentence(made: Registration, said: str) -> None:
    assert outcome(made) == said


def test_the_document_fits_its_schema() -> None:
    schema = json.loads((files("tierline.report") / "schemas/register-1.json").read_text())
    document = json.loads(register_json(REFUSED))
    Draft202012Validator(schema).validate(document)
    assert document["services"][1]["items"][0] == {
        "rule": "code",
        "status": "fail",
        "message": "it prints a | placeholder",
        "path": "mesh/a.go",
        "line": 7,
        "column": 1,
        "fix": "write it",
    }


def test_markdown_is_safe_in_its_table() -> None:
    row = next(line for line in register_markdown(REFUSED).splitlines() if "placeholder" in line)
    assert row == "| fail | code | it prints a \\| placeholder | `mesh/a.go:7:1` | write it |"
    assert "## M03-Old-Service: listed already" in register_markdown(REFUSED)
