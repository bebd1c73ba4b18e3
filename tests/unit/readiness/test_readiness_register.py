"""What it takes to be listed as implemented, rule by rule."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from made.trees import sound_files, tree_of
from tierline.facts.decision import Decision, Severity
from tierline.mesh.parse import parse_mesh
from tierline.policy.builtin import builtin
from tierline.policy.model import EnvironmentKind
from tierline.readiness.check import check
from tierline.readiness.facts import GateFacts
from tierline.readiness.gates import GATE
from tierline.readiness.register import Checklist, Programs, checklist, is_source

NAME = "M02-Authentication"
HOME = "services/core-platform/M02-authentication"
LIST = "tooling/manifests/implemented-services.yaml"
TESTS = {
    f"{HOME}/tests/{kind}/a_test.go": "package a" for kind in ("unit", "integration", "contract")
}
EVENT = {
    "contracts/events/user.signed_in.json": (
        '{"event_type": "user.signed_in", "version": "1.0.0", "producer": "M02-Authentication",'
        ' "payload_schema": {"type": "object"}}'
    )
}
OPENAPI = {"contracts/openapi/M02-authentication.yaml": "openapi: 3.1.0\n"}
GATES = frozenset(GATE) - {"structure"}
"""the mesh of these tests has what parsers read, and no more"""
DONE = {**TESTS, **EVENT, **OPENAPI}


def judged(
    files: Mapping[str, str | None],
    kind: EnvironmentKind = EnvironmentKind.LOCAL,
    scaffolds: frozenset[str] = frozenset(),
    verified: Mapping[str, bool] | None = None,
) -> Checklist:
    others = {LIST: "version: 1\nimplemented_services: []\n"}
    merged: dict[str, str | None] = {**sound_files(), **others, **files}
    tree = tree_of({path: text for path, text in merged.items() if text is not None})
    mesh = parse_mesh(tree)
    policy = builtin("anywhere", kind, "local")
    result = check(mesh, GateFacts(tree), policy, GATES, 0.0)
    programs = Programs(tree, "local", scaffolds, verified or {})
    return checklist(mesh.services[NAME], mesh, result, programs)


def status_of(found: Checklist) -> dict[str, str]:
    ranked = sorted(found.items, key=lambda item: list(Severity).index(item.status))
    return {item.name: str(item.status) for item in ranked}


def test_a_finished_service_may_be_listed() -> None:
    found = judged(DONE, verified={NAME: True})
    assert found.decision is Decision.GO
    assert status_of(found) == {
        "code": "ok",
        "tests": "ok",
        "contracts": "ok",
        "evidence": "warn",
        "gates": "ok",
        "runs": "ok",
    }


def test_a_service_that_is_listed_has_nothing_to_prove() -> None:
    found = judged({LIST: f"version: 1\nimplemented_services:\n  - {NAME}\n"})
    assert (found.listed, found.decision) == (True, Decision.GO)


@pytest.mark.parametrize(
    ("change", "rule", "status"),
    [
        ({f"{HOME}/tests/unit/a_test.go": ""}, "tests", "fail"),
        (
            {f"{HOME}/tests/unit/a_test.go": None, f"{HOME}/internal/a_test.go": "package a"},
            "tests",
            "ok",
        ),
        ({f"{HOME}/tests/contract/a_test.go": None}, "tests", "fail"),
        ({"contracts/events/user.signed_in.json": None}, "contracts", "fail"),
        ({"contracts/openapi/M02-authentication.yaml": None}, "contracts", "warn"),
        ({f"{HOME}/configs/default.yaml": "service: []\n"}, "config", "fail"),
        (
            {f"{HOME}/cmd/api/main.go": 'package main\nfunc main() { fmt.Println("not implemented") }\n'},
            "code",
            "fail",
        ),
        (
            {f"{HOME}/cmd/api/main.go": "package main\n// not implemented: nothing\n"},
            "code",
            "ok",
        ),
    ],
)  # fmt: skip
def test_each_rule_is_judged_by_itself(
    change: Mapping[str, str | None], rule: str, status: str
) -> None:
    found = judged({**DONE, **change})
    assert status_of(found)[rule] == status
    assert (found.decision is Decision.GO) is (status != "fail")


def test_a_scaffold_is_never_listed() -> None:
    found = judged(DONE, scaffolds=frozenset({NAME}))
    assert found.decision is Decision.NO_GO
    assert found.items[0].message == "its program is still the scaffold that tierline init wrote"


@pytest.mark.parametrize("kind", [EnvironmentKind.STAGING, EnvironmentKind.PRODUCTION])
def test_evidence_that_is_required_and_not_judged_holds(kind: EnvironmentKind) -> None:
    found = judged(DONE, kind)
    assert status_of(found)["evidence"] == "unknown"
    assert found.decision is Decision.HOLD


def test_a_service_without_a_source_that_we_know_is_unknown() -> None:
    tree = tree_of({**sound_files(), **DONE, LIST: "version: 1\nimplemented_services: []\n"})
    mesh = parse_mesh(tree)
    policy = builtin("anywhere", EnvironmentKind.LOCAL, "local")
    result = check(mesh, GateFacts(tree), policy, GATES, 0.0)
    bare = tree_of(dict.fromkeys((*TESTS, *EVENT, *OPENAPI), "x"))
    found = checklist(mesh.services[NAME], mesh, result, Programs(bare, "local"))
    assert status_of(found)["code"] == "unknown"
    assert found.decision is Decision.HOLD


@pytest.mark.parametrize(
    ("verified", "said"),
    [
        ({}, "never verified in local"),
        ({NAME: False}, "verified in local at another revision"),
        ({NAME: True}, "verified in local at this revision"),
    ],
)
def test_what_the_journal_knows_is_said_and_binds_nobody(
    verified: Mapping[str, bool], said: str
) -> None:
    found = judged(DONE, verified=verified)
    assert found.items[-1].message == said
    assert found.decision is Decision.GO


@pytest.mark.parametrize(
    ("path", "counts"),
    [
        (f"{HOME}/cmd/api/main.go", True),
        (f"{HOME}/internal/app/x.py", True),
        (f"{HOME}/internal/meshkit/x.go", False),
        (f"{HOME}/vendor/x/y.go", False),
        (f"{HOME}/configs/default.yaml", False),
        ("platform/meshkit/x.go", False),
    ],
)
def test_what_counts_as_source(path: str, counts: bool) -> None:
    assert is_source(path) is counts
