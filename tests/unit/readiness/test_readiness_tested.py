"""The gate tests on cases: what is kept of a service, and what the gate says of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from made.small_mesh import PROFILE, mesh_files, tree_of
from tierline.facts.decision import Severity
from tierline.facts.revision import UNKNOWN, Part, Revision
from tierline.facts.testing import Counts, HowTested, Kept, KnownResults, Outcome, Seal, Suite
from tierline.facts.testing import SuiteResult as Result
from tierline.mesh.parse import parse_mesh
from tierline.policy.builtin import builtin
from tierline.policy.model import Demand, EnvironmentKind, Policy, Trust, TrustedKey
from tierline.readiness.check import check
from tierline.readiness.facts import GateFacts
from tierline.readiness.tested import suites_asked

CASES: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parents[2] / "cases" / "test_evidence.yaml").read_text(encoding="utf-8")
)
SERVICE = "M05-Shop"
NOW = 1000 * 3600.0
KINDS = (EnvironmentKind.LOCAL, EnvironmentKind.PRODUCTION)


def revision(word: str) -> Revision:
    """`now`, `before`, or one of which a part is not known."""
    return Revision((Part("service tree", UNKNOWN if word == "unknown" else word),))


def entry(said: dict[str, Any], suite: Suite) -> Kept:
    """One file, as the case changes it."""
    file = f"{SERVICE}.{suite}"
    if "trouble" in said:
        return Kept(file, SERVICE, suite, None, said["trouble"])
    failed = said.get("failed", 0)
    result = Result(
        mesh=said.get("mesh", "shop"),
        service_id=said.get("service", SERVICE),
        suite=Suite(said.get("said", suite)),
        revision=revision(said.get("revision", "now")).source_id,
        environments=tuple(said.get("environments", ("here", "there"))),
        outcome=Outcome(said.get("outcome", "passed")),
        counts=Counts(said.get("passed", 0 if failed else 1), failed, said.get("skipped", 0)),
        how=HowTested("go"),
        signer=said.get("key", "own"),
        key=said.get("key", "own"),
        at=said.get("at", NOW - 3600 * said.get("hours", 1)),
        failures=tuple(said.get("failures", ())),
        seal=Seal(said.get("seal", "genuine")),
    )
    return Kept(file, SERVICE, suite, result)


def gathered(case: dict[str, Any]) -> KnownResults:
    """What the case says is known; other suites are fine."""
    suites = Suite if case.get("all") else (Suite.UNIT,)
    kept = [entry(said, suite) for suite in suites for said in case["kept"]]
    if not case.get("alone") and not case.get("trouble"):
        others = [suite for suite in Suite if suite not in suites]
        kept += [entry({"key": "ci"}, suite) for suite in others]
    now = revision(case.get("now", "now"))
    known = {SERVICE: now}
    return KnownResults(NOW, tuple(kept), known, frozenset({"own"}), case.get("trouble", ""))


def policy_of(kind: EnvironmentKind, case: dict[str, Any]) -> Policy:
    found = builtin("here", kind, "")
    demands = {name: Demand(word) for name, word in case.get("demands", {}).items()}
    trust = Trust(keys=(TrustedKey("ci", "ci"),))
    return replace(found, demands={**found.demands, **demands}, trust=trust)


def told(case: dict[str, Any], kind: EnvironmentKind) -> dict[str, Severity]:
    """`code: message` -> status, of gate tests in this kind of environment."""
    files = {path.replace("M02-profile-service", "M05-shop"): text.replace(PROFILE, SERVICE)
             for path, text in mesh_files().items()}  # fmt: skip
    tree = tree_of(files, "shop")
    mesh = parse_mesh(tree, None)
    mesh = replace(mesh, name="shop", services={SERVICE: mesh.services[SERVICE]})
    facts = GateFacts(tree, tests=gathered(case))
    found = check(mesh, facts, policy_of(kind, case), frozenset({"tests"}), NOW)
    return {
        f"{one.code}: {one.message.removeprefix('M05: ')}": one.status for one in found.findings
    }


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_evidence(case: dict[str, Any]) -> None:
    expected = [line.split(" ", 2) for line in case["expect"]]
    kinds = KINDS[:1] if case.get("policy") == "local" else KINDS
    for column, kind in enumerate(kinds):
        if case.get("alone") and kind is not EnvironmentKind.LOCAL:
            continue
        found = told(case, kind)
        wanted = {line[2]: line[column] for line in expected if line[column] != "ok"}
        assert len(found) == len(wanted), found
        for words, status in wanted.items():
            hits = [key for key in found if key.startswith(words)]
            assert hits, (words, found)
            assert found[hits[0]] == status, found
        assert not any("\x1b" in key for key in found)


def test_where_it_is_required_each_service_lacks_its_own() -> None:
    case = {"kept": [], "alone": True}
    assert told(case, EnvironmentKind.PRODUCTION) == {
        "tests/missing: unit, integration and contract tests: nobody has run them": Severity.UNKNOWN
    }


def test_a_policy_that_asks_for_none_switches_the_gate_off() -> None:
    policy = replace(builtin("here", EnvironmentKind.LOCAL, ""), demands={})
    assert suites_asked(policy) == ()
    files = mesh_files()
    tree = tree_of(files, "shop")
    found = check(parse_mesh(tree, None), GateFacts(tree), policy, frozenset({"tests"}), NOW)
    result = next(one for one in found.gates if one.gate == "tests")
    assert (result.status, result.reason) == (None, "the policy of here asks for no tests")
    assert found.findings == ()


def test_a_gate_that_was_given_nothing_says_that_it_is_not_judged() -> None:
    policy = builtin("here", EnvironmentKind.PRODUCTION, "")
    tree = tree_of(mesh_files(), "shop")
    found = check(parse_mesh(tree, None), GateFacts(tree), policy, frozenset({"tests"}), NOW)
    assert [(one.code, one.status) for one in found.findings] == [
        ("tests/not-judged", Severity.UNKNOWN)
    ]
