"""Decisions of services, batches and the release, with the chain that each follows from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from made.plans import mesh_of
from tierline.errors import UsageError
from tierline.facts.decision import Decision, Severity
from tierline.facts.evidence import Answer
from tierline.mesh.defect import Place
from tierline.policy.builtin import builtin
from tierline.policy.model import EnvironmentKind
from tierline.readiness.decide import decide
from tierline.readiness.gates import GATES
from tierline.readiness.model import Check, Finding, GateResult, Readiness

A, B, C, D, E = "M01-A", "M02-B", "M03-C", "M04-D", "M05-E"
OWNERS = {A: (), B: (A,), C: (B,), D: (A,), E: ()}
TIERS = {A: 0, B: 1, C: 1, D: 2, E: 2}
POLICY = builtin("local", EnvironmentKind.LOCAL, "local")
GO, HOLD, NO_GO = Decision.GO, Decision.HOLD, Decision.NO_GO


def found(service: str | None, status: Severity, code: str = "config/bad-port") -> Finding:
    return Finding(
        code, code.split("/", maxsplit=1)[0], status, service, Place("mesh/x", 3, 1), "it is so"
    )


def checked(*findings: Finding) -> Check:
    gates = tuple(GateResult(gate.id, Severity.OK) for gate in GATES)
    return Check(GO, gates, findings)


def ready(
    check: Check,
    chosen: tuple[str, ...] = (A, B, C, D, E),
    observed: Mapping[str, Answer] | None = None,
    owners: Mapping[str, tuple[str, ...]] = OWNERS,
) -> Readiness:
    return decide(mesh_of(owners, TIERS), check, POLICY, chosen, observed or {})


def decisions(readiness: Readiness) -> dict[str, Decision]:
    return {name: one.decision for name, one in readiness.services.items()}


def test_nothing_found_is_go_for_everything() -> None:
    readiness = ready(checked())
    assert set(decisions(readiness).values()) == {GO}
    assert readiness.decision is GO
    assert all(one.chain == () for one in readiness.services.values())


def test_a_failure_is_no_go_and_its_dependents_hold_with_the_chain() -> None:
    readiness = ready(checked(found(A, Severity.FAIL)))
    assert decisions(readiness) == {A: NO_GO, B: HOLD, C: HOLD, D: HOLD, E: GO}
    assert readiness.services[A].chain == (A,)
    assert readiness.services[C].chain == (C, B, A)
    assert readiness.services[C].reasons[0].message == f"its owner {B} is HOLD (through {B} -> {A})"
    assert readiness.decision is NO_GO


def test_an_unknown_is_hold_and_its_dependents_hold() -> None:
    readiness = ready(checked(found(B, Severity.UNKNOWN)))
    assert decisions(readiness) == {A: GO, B: HOLD, C: HOLD, D: GO, E: GO}
    assert readiness.decision is HOLD


def test_a_warning_is_worth_knowing_and_decides_nothing() -> None:
    readiness = ready(checked(found(B, Severity.WARN)))
    assert readiness.decision is GO
    assert [one.code for one in readiness.services[B].reasons] == ["config/bad-port"]


def test_a_service_that_fails_itself_leads_its_own_chain() -> None:
    readiness = ready(checked(found(A, Severity.FAIL), found(C, Severity.FAIL)))
    assert readiness.services[C].chain == (C,)
    assert readiness.services[C].decision is NO_GO


def test_a_chain_leads_to_a_no_go_rather_than_to_a_hold() -> None:
    owners = {A: (), B: (), C: (A, B)}
    readiness = ready(
        checked(found(A, Severity.UNKNOWN), found(B, Severity.FAIL)), (A, B, C), owners=owners
    )
    assert readiness.services[C].chain == (C, B)


@pytest.mark.parametrize(
    ("observed", "decision", "code"),
    [
        ({A: Answer.OK}, GO, None),
        ({}, HOLD, "readiness/owner-not-observed"),
        ({A: Answer.UNKNOWN}, HOLD, "readiness/owner-not-observed"),
        ({A: Answer.FAILED}, HOLD, "readiness/owner-not-healthy"),
        ({A: Answer.NOBODY}, HOLD, "readiness/owner-not-healthy"),
    ],
)
def test_an_owner_outside_the_selection_counts_by_what_runs(
    observed: dict[str, Answer], decision: Decision, code: str | None
) -> None:
    readiness = ready(checked(found(A, Severity.FAIL)), (B,), observed)
    assert readiness.services[B].decision is decision
    assert readiness.services[B].chain == (() if code is None else (B, A))
    assert [one.code for one in readiness.services[B].reasons] == ([code] if code else [])


def test_findings_of_services_outside_the_selection_do_not_count() -> None:
    readiness = ready(checked(found(D, Severity.FAIL)), (A, E))
    assert readiness.decision is GO


def test_what_concerns_the_release_decides_the_release_alone() -> None:
    readiness = ready(checked(found(None, Severity.FAIL)))
    assert set(decisions(readiness).values()) == {GO}
    assert readiness.decision is NO_GO
    assert [one.code for one in readiness.release_reasons] == ["config/bad-port"]


def test_batches_are_as_good_as_their_worst_and_in_order_of_start() -> None:
    readiness = ready(checked(found(D, Severity.FAIL)))
    assert [(batch.id, batch.decision, batch.services) for batch in readiness.batches] == [
        ("t0-l0", GO, (A,)),
        ("t1-l1", GO, (B,)),
        ("t1-l2", GO, (C,)),
        ("t2-l0", GO, (E,)),
        ("t2-l1", NO_GO, (D,)),
    ]


def test_a_cycle_and_what_waits_for_it_is_never_go() -> None:
    owners = {A: (B,), B: (A,), C: (B,), D: (), E: ()}
    readiness = ready(checked(), owners=owners)
    assert decisions(readiness) == {A: HOLD, B: HOLD, C: HOLD, D: GO, E: GO}
    assert readiness.services[C].chain == (C, B)
    assert readiness.services[A].reasons[-1].message.endswith(f"{A} -> {B} -> {A}")
    assert readiness.batches[-1].id == "unordered"


@pytest.mark.parametrize("left_out", [gate.id for gate in GATES])
def test_a_check_without_one_gate_never_satisfies(left_out: str) -> None:
    whole = checked()
    fewer = tuple(result for result in whole.gates if result.gate != left_out)
    for check in (
        replace(whole, gates=fewer),
        replace(whole, gates=(*fewer, GateResult(left_out, None))),
        replace(whole, partial=True),
    ):
        readiness = ready(check)
        assert readiness.decision is HOLD
        assert readiness.release_reasons[0].code == "readiness/partial-check"


def test_an_empty_or_unknown_selection_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="never GO"):
        ready(checked(), ())
    with pytest.raises(UsageError, match="no service is called M02-BB") as caught:
        ready(checked(), ("M02-BB",))
    assert B in caught.value.fix
