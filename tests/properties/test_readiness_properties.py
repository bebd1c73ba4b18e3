"""What no evidence and no finding may do to a decision, over random meshes and findings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from made.plans import mesh_of
from made.readiness_cases import SPECS, Judged, judge_files, judged
from made.small_mesh import DOMAINS, OWNERS, canonical_files, folder, mesh_files
from tierline.facts.decision import Decision, Severity
from tierline.facts.evidence import Answer
from tierline.mesh.graph import Graph
from tierline.mesh.model import Mesh
from tierline.policy.builtin import builtin
from tierline.policy.model import EnvironmentKind
from tierline.readiness.check import check
from tierline.readiness.decide import decide
from tierline.readiness.facts import GateFacts
from tierline.readiness.gates import GATES
from tierline.readiness.model import Check, Finding, GateResult, Readiness

RANK = {Decision.GO: 0, Decision.HOLD: 1, Decision.NO_GO: 2}
POLICY = builtin("local", EnvironmentKind.LOCAL, "local")
NAMES = tuple(f"M{number:02}-Service" for number in range(1, 8))
CASES: list[dict[str, Any]] = yaml.safe_load(
    Path(__file__).parents[1].joinpath("cases", "readiness.yaml").read_text(encoding="utf-8")
)

services = st.sampled_from(NAMES)
answers = st.sampled_from(Answer)


def finding_of(service: str | None, status: Severity) -> Finding:
    return Finding("config/value", "config", status, service, None, "so")


findings = st.builds(
    finding_of,
    st.none() | services,
    st.sampled_from([Severity.WARN, Severity.UNKNOWN, Severity.FAIL]),
)
meshes = st.builds(
    mesh_of,
    st.fixed_dictionaries({name: st.sets(services, max_size=2).map(tuple) for name in NAMES}),
    st.fixed_dictionaries({name: st.integers(0, 2) for name in NAMES}),
)
selections = st.sets(services, min_size=1).map(lambda names: tuple(sorted(names)))
views = st.dictionaries(services, answers)


def checked(found: list[Finding]) -> Check:
    gates = tuple(GateResult(gate.id, Severity.OK) for gate in GATES)
    return Check(Decision.GO, gates, tuple(found))


def never_better(before: Readiness, after: Readiness) -> None:
    assert RANK[after.decision] >= RANK[before.decision]
    for name, one in before.services.items():
        assert RANK[after.services[name].decision] >= RANK[one.decision]
    for one, other in zip(before.batches, after.batches, strict=True):
        assert RANK[other.decision] >= RANK[one.decision]


@given(meshes, st.lists(findings, max_size=6), selections, views, findings)
def test_a_further_finding_improves_nothing(
    mesh: Mesh,
    found: list[Finding],
    chosen: tuple[str, ...],
    view: dict[str, Answer],
    more: Finding,
) -> None:
    before = decide(mesh, checked(found), POLICY, chosen, view)
    never_better(before, decide(mesh, checked([*found, more]), POLICY, chosen, view))


@given(meshes, st.lists(findings, max_size=6), selections, views, st.data())
def test_losing_or_worsening_an_observation_improves_nothing(
    mesh: Mesh,
    found: list[Finding],
    chosen: tuple[str, ...],
    view: dict[str, Answer],
    data: st.DataObject,
) -> None:
    before = decide(mesh, checked(found), POLICY, chosen, view)
    kept = {name: one for name, one in view.items() if data.draw(st.booleans())}
    never_better(before, decide(mesh, checked(found), POLICY, chosen, kept))
    worse = {name: data.draw(st.sampled_from([one, Answer.FAILED])) for name, one in view.items()}
    never_better(before, decide(mesh, checked(found), POLICY, chosen, worse))


@given(meshes, st.lists(findings, max_size=6), selections, views, st.sampled_from(GATES))
def test_a_gate_that_did_not_judge_improves_nothing(
    mesh: Mesh, found: list[Finding], chosen: tuple[str, ...], view: dict[str, Answer], gate: Any
) -> None:
    whole = checked(found)
    fewer = replace(whole, gates=tuple(one for one in whole.gates if one.gate != gate.id))
    before = decide(mesh, whole, POLICY, chosen, view)
    after = decide(mesh, fewer, POLICY, chosen, view)
    never_better(before, after)
    assert after.decision is not Decision.GO


@given(meshes, st.lists(findings, max_size=6), views)
def test_chains_lead_along_owners_to_what_decides(
    mesh: Mesh, found: list[Finding], view: dict[str, Answer]
) -> None:
    readiness = decide(mesh, checked(found), POLICY, NAMES, view)
    for name, one in readiness.services.items():
        assert (one.chain == ()) is (one.decision is Decision.GO)
        assert one.chain[:1] in {(), (name,)}
        for waiting, owner in zip(one.chain, one.chain[1:], strict=False):
            assert owner in mesh.graph.owners[waiting]
        if one.chain:
            assert decides_itself(one.chain[-1], found, mesh.graph)


def decides_itself(name: str, found: list[Finding], graph: Graph) -> bool:
    counts = any(f.service_id == name and f.status is not Severity.WARN for f in found)
    return counts or any(name in cycle for cycle in graph.cycles)


@given(meshes, st.lists(findings, max_size=6))
def test_batches_part_the_selection(mesh: Mesh, found: list[Finding]) -> None:
    readiness = decide(mesh, checked(found), POLICY, NAMES, {})
    listed = [name for batch in readiness.batches for name in batch.services]
    assert sorted(listed) == sorted(NAMES)
    worst = max(RANK[batch.decision] for batch in readiness.batches)
    wide = [RANK[Decision.NO_GO] for f in found if f.service_id is None and f.status == "fail"]
    wide += [RANK[Decision.HOLD] for f in found if f.service_id is None and f.status == "unknown"]
    assert RANK[readiness.decision] == max([worst, *wide])


def without_evidence(case: Judged) -> Iterator[tuple[str, Mesh, GateFacts]]:
    """The same mesh with one thing unread: a document, a configuration, a file's content."""
    mesh, facts = case.mesh, case.facts
    yield "load order", replace(mesh, load_order=None), facts
    yield "implemented", replace(mesh, implemented=None), facts
    yield "lifecycle", replace(mesh, lifecycle=None), facts
    for name, service in mesh.services.items():
        changed = {**mesh.services, name: replace(service, config=None)}
        yield f"configuration of {name}", replace(mesh, services=changed), facts
    for path, entry in facts.tree.entries.items():
        if path.endswith(".go") and "bootstrap" in path:
            entries = {**facts.tree.entries, path: replace(entry, content=None)}
            yield path, mesh, replace(facts, tree=replace(facts.tree, entries=entries))


@pytest.mark.parametrize("environment", ["local", "production"])
@pytest.mark.parametrize("case", [{"name": "nothing"}, *CASES], ids=lambda case: case["name"])
def test_go_is_never_said_of_what_was_not_read(case: dict[str, Any], environment: str) -> None:
    """What was not GO never becomes GO by reading less."""
    start = judged({**case}, environment)
    for what, mesh, facts in without_evidence(start):
        after = check(mesh, facts, start.policy, None, 0.0)
        assert after.decision is not Decision.GO, what


@given(
    st.sampled_from(sorted(DOMAINS)), st.text(max_size=60) | st.sampled_from(["{", "a: *b", "- "])
)
def test_one_service_with_bad_yaml_leaves_the_others_alone(name: str, text: str) -> None:
    files = mesh_files() | {SPECS + path: text for path, text in canonical_files().items()}
    clean = text.encode("utf-8", "replace").decode()
    case = judge_files(files | {f"{folder(name)}/configs/default.yaml": clean})
    readiness = decide(case.mesh, case.check, case.policy, tuple(DOMAINS), {})
    assert readiness.services[name].decision is Decision.NO_GO
    for other in DOMAINS:
        waits = name in owners_of(other)
        expected = Decision.HOLD if waits else Decision.GO
        if other != name:
            assert readiness.services[other].decision is expected
    assert all(one.service_id == name for one in case.check.findings if one.gate == "config")


def owners_of(name: str) -> set[str]:
    """Owners of a service, and theirs."""
    direct = set(OWNERS[name])
    return direct.union(*(owners_of(owner) for owner in direct)) if direct else set()
