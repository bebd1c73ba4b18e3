"""Running gates: partial checks, policies, waivers, defects of nobody."""

from __future__ import annotations

from dataclasses import replace

import pytest

from made.readiness_cases import judged
from tierline.errors import UsageError
from tierline.facts.decision import Decision, Severity
from tierline.facts.evidence import Answer
from tierline.facts.externals import External
from tierline.mesh.defect import Defect, Place
from tierline.mesh.model import Mesh
from tierline.policy.model import Policy, Waiver
from tierline.readiness import check as check_module
from tierline.readiness.check import check
from tierline.readiness.decide import decide
from tierline.readiness.facts import GateFacts, wanted_by_gates
from tierline.readiness.gates import GATES
from tierline.readiness.model import Finding, GateResult

MISSING = {"remove": "{P}/Makefile"}
EXTERNAL = {
    "edit": [
        "services/services-index.yaml",
        "      - M10-Event",
        "      - E50-Tax\n      - M10-Event",
    ],
    "remove": [
        "specs/service-architecture-map.yaml",
        "specs/dependencies.yaml",
        "specs/service-deployment-profile.md",
    ],
}


def finding(found: tuple[Finding, ...], code: str) -> Finding:
    (one,) = (one for one in found if one.code == code)
    return one


def test_a_partial_check_says_so_and_lists_what_it_left_out() -> None:
    case = judged(MISSING)
    found = check(case.mesh, case.facts, case.policy, frozenset({"config"}), 0.0)
    assert found.partial
    assert found.findings == ()
    statuses = {result.gate: result.status for result in found.gates}
    assert statuses.pop("config") is Severity.OK
    assert set(statuses.values()) == {None}


def _nothing_to_compare(mesh: Mesh, facts: GateFacts, policy: Policy) -> str:
    return "nothing to compare with"


def test_a_gate_that_is_not_asked_for_says_why_and_nothing_is_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    off = tuple(
        replace(gate, off=_nothing_to_compare) if gate.id == "tests" else gate for gate in GATES
    )
    monkeypatch.setattr(check_module, "GATES", off)
    case = judged({}, "production")
    found = check(case.mesh, case.facts, case.policy, None, 0.0)
    assert not found.partial
    assert "tests/not-judged" not in {one.code for one in found.findings}
    (tests,) = (one for one in found.gates if one.gate == "tests")
    assert tests == GateResult("tests", None, "nothing to compare with", off=True)
    readiness = decide(case.mesh, found, case.policy, tuple(case.mesh.services), {})
    assert "readiness/partial-check" not in {one.code for one in readiness.release_reasons}
    alone = check(case.mesh, case.facts, case.policy, frozenset({"tests"}), 0.0)
    assert alone.partial
    readiness = decide(case.mesh, alone, case.policy, tuple(case.mesh.services), {})
    assert "readiness/partial-check" in {one.code for one in readiness.release_reasons}


def test_an_unknown_gate_is_a_usage_error_with_the_nearest() -> None:
    case = judged({})
    with pytest.raises(UsageError, match="no gate is called strucure") as caught:
        check(case.mesh, case.facts, case.policy, frozenset({"strucure"}), 0.0)
    assert "structure" in caught.value.fix
    with pytest.raises(UsageError, match="nothing would be judged"):
        check(case.mesh, case.facts, case.policy, frozenset(), 0.0)


@pytest.mark.parametrize("service", [None, "M02", "M02-Profile-Service"])
def test_a_waiver_makes_a_warning_until_it_expires(service: str | None) -> None:
    case = judged(MISSING)
    waiver = Waiver("structure/missing-file", service, "moving house", "ada", 1000.0)
    policy = replace(case.policy, waivers=(waiver,))
    before = check(case.mesh, case.facts, policy, None, 999.0)
    one = finding(before.findings, "structure/missing-file")
    assert one.status is Severity.WARN
    assert "waived until 1970-01-01 00:16 UTC by ada: moving house" in one.message
    after = finding(
        check(case.mesh, case.facts, policy, None, 1000.0).findings, "structure/missing-file"
    )
    assert after.status is Severity.FAIL
    assert "the waiver of ada: moving house expired" in after.message


def test_a_waiver_of_another_service_or_code_changes_nothing() -> None:
    case = judged(MISSING)
    for waiver in (
        Waiver("structure/missing-file", "M20", "r", "a", 1000.0),
        Waiver("structure/empty-file", None, "r", "a", 1000.0),
    ):
        policy = replace(case.policy, waivers=(waiver,))
        found = check(case.mesh, case.facts, policy, None, 0.0)
        others = [one for one in found.findings if one.gate != "waivers"]
        assert others == [one for one in case.check.findings if one.gate != "waivers"]
        assert found.decision is case.check.decision


def test_a_policy_may_turn_a_finding_off() -> None:
    case = judged(MISSING)
    policy = replace(case.policy, severities={"structure/missing-file": Severity.OK})
    found = check(case.mesh, case.facts, policy, None, 0.0)
    assert found.decision is Decision.GO
    assert {one.gate: one.status for one in found.gates}["structure"] is Severity.OK


def test_a_defect_of_no_gate_is_a_failure_and_not_lost() -> None:
    case = judged({})
    odd = Defect("mystery/thing", "odd", Place("mesh/x", 1, 1))
    mesh = replace(case.mesh, defects=(odd,))
    found = check(mesh, case.facts, case.policy, None, 0.0)
    assert finding(found.findings, "mystery/thing").status is Severity.FAIL
    assert found.decision is Decision.NO_GO


def test_production_holds_for_externals_and_for_gates_that_do_not_exist_yet() -> None:
    case = judged(EXTERNAL, "production")
    one = finding(case.check.findings, "owners/external")
    assert (one.status, one.service_id) == (Severity.UNKNOWN, "M20-Feed-Service")
    assert finding(case.check.findings, "tests/not-judged").status is Severity.UNKNOWN
    assert finding(case.check.findings, "index/freshness-not-judged").status is Severity.UNKNOWN


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Answer.OK, None),
        (Answer.FAILED, "owners/external-unhealthy"),
        (Answer.NOBODY, "owners/external-unhealthy"),
        (Answer.UNKNOWN, "owners/external"),
    ],
)
def test_evidence_of_an_external_decides(answer: Answer, code: str | None) -> None:
    case = judged(EXTERNAL, "production")
    facts = replace(case.facts, externals={"E50-Tax": External(answer)})
    found = check(case.mesh, facts, case.policy, frozenset({"owners"}), 0.0)
    assert [one.code for one in found.findings] == ([code] if code else [])
    if code:
        assert found.decision is Decision.HOLD


def test_implemented_is_a_warning_locally_and_required_in_production() -> None:
    unlisted = {
        "edit": ["tooling/manifests/implemented-services.yaml", "  - M02-Profile-Service\n", ""]
    }
    for environment, status in (("local", Severity.WARN), ("production", Severity.FAIL)):
        found = judged(unlisted, environment).check.findings
        assert finding(found, "lifecycle/not-listed").status is status


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("services/data-ai/M20-feed/internal/app/bootstrap/app.go", True),
        ("services/data-ai/M20-feed/boot/app.go", True),
        ("services/data-ai/M20-feed/boot/app_test.go", False),
        ("services/data-ai/M20-feed/cmd/api/main.go", True),
        ("services/data-ai/M20-feed/cmd/api/inner/x.go", False),
        ("services/data-ai/M20-feed/vendor/x/y.go", False),
        ("services/data-ai/M20-feed/README.md", False),
        ("platform/boot/app.go", False),
        ("services/data-ai/M20-feed/deploy/k8s/deployment.yaml", True),
        ("services/data-ai/M20-feed/deploy/k8s/hpa.yml", True),
        ("services/data-ai/M20-feed/deploy/k8s/old/hpa.yaml", False),
        ("services/data-ai/deploy/k8s/hpa.yaml", False),
        ("environments/k8s/base/shared.yaml", True),
        ("environments/compose/docker-compose.base.yaml", True),
        ("environments/README.md", False),
    ],
)
def test_only_what_a_gate_judges_is_read(path: str, wanted: bool) -> None:
    assert wanted_by_gates(path) is wanted
