"""Checks and readiness read well, and follow their schemas."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib import resources
from typing import Any

import pytest
from inline_snapshot import snapshot
from jsonschema import Draft202012Validator

from tierline.facts.decision import Decision, Severity
from tierline.mesh.defect import Place
from tierline.readiness.model import (
    BatchReadiness,
    Check,
    Finding,
    GateResult,
    Readiness,
    Reason,
    ServiceReadiness,
)
from tierline.report.check import check_json, check_text
from tierline.report.readiness import readiness_json, readiness_text

CHECK = Check(
    Decision.NO_GO,
    (
        GateResult("structure", Severity.OK),
        GateResult("config", Severity.FAIL),
        GateResult("proto-lint", Severity.UNKNOWN, "not judged by this version"),
        GateResult("owners", None, "left out of this check"),
    ),
    (
        Finding(
            "proto-lint/not-judged",
            "proto-lint",
            Severity.UNKNOWN,
            None,
            None,
            "proto files were not judged",
        ),
        Finding(
            "config/port",
            "config",
            Severity.FAIL,
            "M05-Payments",
            Place("mesh/services/core-platform/M05-payments/configs/default.yaml", 4, 14),
            "M05-Payments: http_port is 70000, ports end at 65535",
            "write a number from 1 to 65535",
        ),
    ),
    partial=True,
)
READINESS = Readiness(
    "local",
    Decision.NO_GO,
    {
        "M01-Accounts": ServiceReadiness(
            "M01-Accounts", Decision.GO, (Reason("owners/external", "assumes M98-Tax"),)
        ),
        "M20-Orders": ServiceReadiness(
            "M20-Orders",
            Decision.HOLD,
            (Reason("owners/no-go", "an owner is NO-GO"),),
            ("M20-Orders", "M05-Payments"),
        ),
        "M05-Payments": ServiceReadiness(
            "M05-Payments",
            Decision.NO_GO,
            (Reason("config/port", "http_port is 70000"),),
            ("M05-Payments",),
        ),
    },
    (
        BatchReadiness("t1.l0", Decision.GO, ("M01-Accounts",)),
        BatchReadiness("t1.l1", Decision.NO_GO, ("M05-Payments", "M20-Orders")),
    ),
    (Reason("index/stale", "the index is older than its inputs"),),
)


def test_a_check_names_place_reason_and_fix_the_worst_first() -> None:
    assert check_text(CHECK) == snapshot("""\
NO-GO  3 of 4 gates; findings: 1 fail, 1 unknown

Gates
  ok       structure
  fail     config
  unknown  proto-lint  not judged by this version

Findings
  fail: mesh/services/core-platform/M05-payments/configs/default.yaml:4:14 [config/port]
      M05-Payments: http_port is 70000, ports end at 65535
      fix: write a number from 1 to 65535
  unknown: the release [proto-lint/not-judged]
      proto files were not judged
""")


def test_readiness_tells_who_may_not_ship_and_whom_that_holds() -> None:
    assert readiness_text(READINESS) == snapshot("""\
NO-GO  for local: 1 NO-GO, 1 HOLD, 1 GO

The release
  the index is older than its inputs [index/stale]

Batches
  t1.l0  GO     M01-Accounts
  t1.l1  NO-GO  M05-Payments, M20-Orders

Not GO
  M05-Payments NO-GO
      http_port is 70000 [config/port]
  M20-Orders HOLD, waits for M05-Payments
      an owner is NO-GO [owners/no-go]

GO, and worth knowing
  M01-Accounts GO
      assumes M98-Tax [owners/external]
""")


def test_a_check_without_findings_says_so() -> None:
    clean = Check(Decision.GO, (GateResult("structure", Severity.OK),), ())
    assert check_text(clean).startswith("GO  1 gate; nothing found\n")


def test_left_out_gates_are_not_in_the_document() -> None:
    document = json.loads(check_json(CHECK))
    assert [one["id"] for one in document["gates"]] == ["structure", "config", "proto-lint"]
    assert document["findings"][0]["path"] == ""
    assert document["findings"][0]["line"] == 0
    assert document["findings"][1]["line"] == 4


def test_many_findings_are_counted() -> None:
    many = Check(Decision.NO_GO, CHECK.gates, CHECK.findings * 150)
    assert "  and 100 more; --format json has them all\n" in check_text(many)


@pytest.mark.parametrize(
    ("name", "render"),
    [
        ("check", lambda: check_json(CHECK)),
        ("readiness", lambda: readiness_json(READINESS)),
    ],
)
def test_documents_follow_their_schemas(name: str, render: Callable[[], str]) -> None:
    file = resources.files("tierline.report").joinpath(f"schemas/{name}-1.json")
    schema: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    document = json.loads(render())
    assert [error.message for error in validator.iter_errors(document)] == []
    document["decision"] = "MAYBE"
    assert not validator.is_valid(document)
