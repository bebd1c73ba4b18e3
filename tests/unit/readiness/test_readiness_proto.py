"""Findings of the gates that judge what buf said, and why they are sometimes not asked for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from made.readiness_cases import judge_files, mesh_files, shown
from tierline.contracts.proto import Message, ProtoFacts, Said, Stubs, Unsaid
from tierline.facts.reference import ContractsThen, NoReference, Reference, Then
from tierline.mesh.tree import Tree
from tierline.policy.builtin import builtin
from tierline.policy.model import EnvironmentKind
from tierline.readiness.check import check
from tierline.readiness.model import Check

GATES = frozenset({"proto-lint", "proto-breaking", "proto-generated"})
THEN = ContractsThen(Reference("main", "c0ffee", "as said"), Tree("mesh"))
NEW = Message("proto/profile/v1/p.proto", 3, 5, "FIELD_LOWER_SNAKE_CASE", "Field name")
BAD = Message("proto/all.proto", 1, 1, "COMPILE", "syntax error")


def judged(proto: ProtoFacts | None, then: Then | None = THEN, kind: str = "local") -> Check:
    made = judge_files(mesh_files())
    facts = replace(made.facts, proto=proto, then=then)
    policy = builtin(kind, EnvironmentKind(kind), "local")
    return check(made.mesh, facts, policy, GATES, 0.0)


def found(proto: ProtoFacts | None, then: Then | None = THEN, kind: str = "local") -> list[str]:
    return shown(judged(proto, then, kind).findings)


def test_what_buf_says_is_a_finding_of_whom_it_concerns() -> None:
    stubs = Stubs({}, ("gen/go/profile/v1/p.pb.go",), ("gen/go/x.go",), ("gen/go/y.go",))
    facts = ProtoFacts(("x",), "", Said((NEW, BAD)), Said((NEW,)), stubs, "", rules_moved=True)
    assert found(facts) == [
        "fail proto-lint/not-compiled - mesh/contracts/proto/all.proto:1",
        "warn proto-breaking/incompatible M02 mesh/contracts/proto/profile/v1/p.proto:3",
        "warn proto-breaking/rules-moved - mesh/contracts/buf.yaml:0",
        "warn proto-generated/differs - mesh/contracts/gen/go/x.go:0",
        "warn proto-generated/left-over - mesh/contracts/gen/go/y.go:0",
        "warn proto-generated/missing M02 mesh/contracts/gen/go/profile/v1/p.pb.go:0",
        "warn proto-lint/rule M02 mesh/contracts/proto/profile/v1/p.proto:3",
    ]
    beyond = {line.split()[0] for line in found(facts, kind="production")}
    assert beyond == {"fail", "unknown"}


@pytest.mark.parametrize("kind", ["staging", "production"])
def test_what_is_not_known_is_never_a_pass(kind: str) -> None:
    silent = Unsaid("buf is not installed", "install it")
    for proto, then, slug in (
        (None, None, "no-answer"),
        (None, THEN, "no-answer"),
        (ProtoFacts(("x",)), None, "no-answer"),
        (ProtoFacts(("x",)), THEN, "no-answer"),
        (ProtoFacts(), NoReference("shallow"), "no-reference"),
        (ProtoFacts(("x",), "", silent, silent, silent), THEN, "no-answer"),
    ):
        assert [line.split()[:2] for line in found(proto, then, kind)] == [
            ["unknown", f"{gate}/{slug}"] for gate in sorted(GATES)
        ]
        assert {line.split()[0] for line in found(proto, then)} == {"warn"}


def test_nothing_is_asked_where_nothing_moved_and_that_is_said() -> None:
    result = judged(ProtoFacts(idle="nothing moved"))
    told = {one.gate: (one.status, one.reason) for one in result.gates if one.gate in GATES}
    assert told == dict.fromkeys(GATES, (None, "nothing moved"))
    result = judged(ProtoFacts(("x",), "", Said(), Said(), None, "no plugin"))
    told = {one.gate: one.reason for one in result.gates if one.gate in GATES}
    assert told == {"proto-lint": "", "proto-breaking": "", "proto-generated": "no plugin"}
    assert result.findings == ()


def test_a_thousand_stubs_are_counted() -> None:
    stubs = Stubs({}, tuple(f"gen/{n:04}.go" for n in range(1000)))
    result = judged(ProtoFacts(("x",), "", Said(), Said(), stubs))
    assert len(result.findings) == 21
    assert result.findings[0].message == (
        "980 more stubs: the contracts give this stub, and it is not there"
    )
