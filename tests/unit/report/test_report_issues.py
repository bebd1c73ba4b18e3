"""The ledger reads well and follows its schema."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib import resources
from typing import Any

from jsonschema import Draft202012Validator

from rollouts import START, held_by_payments
from tierline.ledger.history import settle
from tierline.ledger.model import Issue, IssueState
from tierline.report.issues import issues_json, issues_text


def issue() -> Issue:
    (found,) = settle(held_by_payments(), ())
    return found


def test_open_issues_come_first_with_impact_and_next_action() -> None:
    closed = replace(issue(), id="I-00000001", state=IssueState.CLOSED, opened_at=START - 9)
    again = replace(issue(), id="I-00000002", reopened=2)
    lines = issues_text((closed, again), 200).splitlines()
    assert [line.split()[0] for line in lines] == ["I-00000002", "impact", "next", "I-00000001"]
    assert lines[0].endswith("[boot/exit, re-opened 2 times]")
    assert lines[-1].endswith("[boot/exit, closed]")


def test_no_issue_is_said_in_words() -> None:
    assert issues_text(()) == "nothing is unresolved\n"


def test_the_document_follows_its_schema() -> None:
    file = resources.files("tierline.report").joinpath("schemas/issues-1.json")
    schema: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    document = json.loads(issues_json((issue(), replace(issue(), state=IssueState.CLOSED))))
    assert [error.message for error in validator.iter_errors(document)] == []
    del document["issues"][0]["impact"]
    assert not validator.is_valid(document)
