"""What is gathered besides a mesh's files, as it is where all is well, and as a case changes it.

Contracts at the reference are those of the sound mesh; every suite of every service has passed; the
mesh's own scripts found nothing; the policy has no waivers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from tierline.contracts.identity import is_contract
from tierline.contracts.proto import is_proto_file
from tierline.evidence.proto import GATES, proto_facts
from tierline.facts.reference import ContractsThen, Reference
from tierline.facts.revision import Part, Revision
from tierline.facts.scripts import OwnScripts, ScriptRun
from tierline.facts.testing import Counts, HowTested, Kept, KnownResults, Outcome, Seal, Suite
from tierline.facts.testing import SuiteResult as Result
from tierline.mesh.model import Mesh
from tierline.mesh.tree import Tree
from tierline.readiness.facts import GateFacts

GATHERED = frozenset({"since", "evidence", "scripts", "policy"})
"""keys of a case that ask for it"""
NOW = 1000 * 3600.0
POLICY = "ops/policy.toml"
_REVISION = Revision((Part("service tree", "now"),))


def facts_of(
    root: Path, mesh: Mesh, tree: Tree, before: Tree, case: Mapping[str, Any]
) -> GateFacts:
    """All that is gathered of a mesh, by the real buf where its proto contracts moved."""
    contracts = {
        path: entry
        for path, entry in before.entries.items()
        if is_contract(path) or is_proto_file(path)
    }
    then = ContractsThen(
        Reference("main", "c" * 40, "as the case says"), Tree(before.label, contracts)
    )
    return GateFacts(
        tree,
        then=then,
        proto=proto_facts(root, tree, then, GATES),
        tests=_evidence(mesh, case.get("evidence", {})),
        scripts=_scripts(case.get("scripts", {})),
    )


def _scripts(said: Mapping[str, Any]) -> OwnScripts:
    """The gate scripts of the mesh, and what one of them says."""
    names: dict[str, tuple[str, ...]] = {
        "gate-own.sh": (),
        "validate-mesh-structure.sh": ("structure",),
    }
    runs: list[ScriptRun] = []
    for name, gates in names.items():
        fields: dict[str, Any] = {"code": 0, "seconds": 0.1, **said.get(name, {})}
        runs.append(ScriptRun(name, gates, **fields))
    return OwnScripts(tuple(runs))


def _evidence(mesh: Mesh, said: Mapping[str, Any]) -> KnownResults:
    """Good evidence of everything; `said` is of one suite of M02."""
    wanted = said.get("suite", "unit")
    kept = [
        _kept(mesh, name, suite, said if name.startswith("M02-") and suite == wanted else {})
        for name in mesh.services
        for suite in Suite
        if not (said.get("none") and name.startswith("M02-") and suite == wanted)
    ]
    revisions = dict.fromkeys(mesh.services, _REVISION)
    return KnownResults(NOW, tuple(kept), revisions, frozenset({"own"}), said.get("trouble", ""))


def _kept(mesh: Mesh, name: str, suite: Suite, said: Mapping[str, Any]) -> Kept:
    if "unreadable" in said:
        return Kept(f"{name}.{suite}", name, suite, None, said["unreadable"])
    failed = said.get("failed", 0)
    good = Result(
        mesh=mesh.name,
        service_id=name,
        suite=suite,
        revision=_REVISION.source_id,
        environments=("local",),
        outcome=Outcome("failed" if failed else "passed"),
        counts=Counts(0 if failed else said.get("passed", 1), failed, said.get("skipped", 0)),
        how=HowTested("go"),
        signer="own",
        key="own",
        at=NOW - 3600 * said.get("hours", 1),
        seal=Seal(said.get("seal", "genuine")),
    )
    changed = {key: said[key] for key in ("mesh", "service_id", "revision", "key") if key in said}
    if "environments" in said:
        changed["environments"] = tuple(said["environments"])
    return Kept(f"{name}.{suite}", name, suite, replace(good, **changed))
