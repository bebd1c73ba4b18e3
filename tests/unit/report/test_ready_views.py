"""Readiness as text and JSON: whole outputs, chains, and what is worth knowing."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib import resources
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from made.checks import of_gates
from made.readiness_cases import judged
from made.small_mesh import DOMAINS
from tierline.facts.decision import Severity
from tierline.readiness.decide import decide
from tierline.readiness.gates import GATES
from tierline.readiness.model import Check, GateResult, Readiness
from tierline.report.ready_document import ready_json
from tierline.report.ready_text import ready_text

TEXT = """\
Readiness for local: NO-GO; services: 2 GO, 1 HOLD, 1 NO-GO

  t0-l0  GO     M10
  t1-l0  GO     M01
  t1-l1  NO-GO  M02 NO-GO
  t2-l2  HOLD   M20 HOLD

M02-Profile-Service: NO-GO
  structure/missing-file: required file Makefile is missing

M20-Feed-Service: HOLD
  waits for M02-Profile-Service
  readiness/owner-not-ready: its owner M02-Profile-Service is NO-GO

Worth knowing, and no hindrance
  1  lifecycle/not-listed

contracts are compared with main, as --against says
"""


def whole(check: Check) -> Check:
    """The check as one of every gate, of which the others found nothing."""
    told = {one.gate for one in check.gates}
    others = (GateResult(gate.id, Severity.OK) for gate in GATES if gate.id not in told)
    return replace(check, gates=(*check.gates, *others))


def readiness(chosen: tuple[str, ...] = tuple(DOMAINS)) -> Readiness:
    case = judged(
        {
            "remove": "{P}/Makefile",
            "edit": [
                "tooling/manifests/implemented-services.yaml",
                "  - M01-Authentication-Service\n",
                "",
            ],
        }
    )
    return decide(case.mesh, whole(of_gates(case.check)), case.policy, chosen, {})


def test_the_decision_the_batches_and_why_not() -> None:
    assert ready_text(readiness()) == TEXT


def test_of_many_services_only_the_worst_are_told_in_full() -> None:
    text = ready_text(readiness(), most=1)
    assert "M02-Profile-Service: NO-GO\n" in text
    assert "M20-Feed-Service: HOLD" not in text
    assert "and 1 more that is not GO; --format json has them all\n" in text


def test_an_owner_that_was_not_observed_is_named() -> None:
    text = ready_text(readiness(("M20-Feed-Service",)))
    assert text.startswith("Readiness for local: HOLD; services: 1 HOLD\n")
    assert "waits for M02-Profile-Service\n" in text
    assert "readiness/owner-not-observed: its owner M02-Profile-Service was" in text


@pytest.mark.parametrize("width", [40, 80, 200])
def test_lines_fit_the_terminal(width: int) -> None:
    lines = ready_text(readiness(), width).splitlines()
    assert max(map(len, lines)) <= max(width, 62)


def test_the_document_follows_its_schema() -> None:
    file = resources.files("tierline.report").joinpath("schemas/readiness-1.json")
    schema: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    document = json.loads(ready_json(readiness()))
    errors = Draft202012Validator(schema).iter_errors(document)
    assert [error.message for error in errors] == []
    last = document["services"][-1]
    assert (last["service_id"], last["decision"]) == ("M20-Feed-Service", "HOLD")
    assert last["chain"] == ["M20-Feed-Service", "M02-Profile-Service"]
    assert last["reasons"][0]["code"] == "readiness/owner-not-ready"
    assert [one["id"] for one in document["batches"]] == ["t0-l0", "t1-l0", "t1-l1", "t2-l2"]
