"""Applies a case of tests/cases/readiness.yaml to the small mesh and says what was found."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from made.small_mesh import AUTH, BUS, FEED, PROFILE, canonical_files, folder, mesh_files, tree_of
from tierline.contracts.proto import ProtoFacts
from tierline.facts.reference import ContractsThen, Reference
from tierline.mesh.model import Mesh
from tierline.mesh.parse import parse_mesh
from tierline.mesh.tree import Entry, Kind, Tree
from tierline.policy.model import Policy
from tierline.policy.resolve import resolve
from tierline.readiness.check import check
from tierline.readiness.facts import GateFacts
from tierline.readiness.model import Check, Finding

FOLDERS = {"A": folder(AUTH), "P": folder(PROFILE), "B": folder(BUS), "F": folder(FEED)}
SPECS = "specs/"


def filled(text: str) -> str:
    """The text with `{A}`, `{P}`, `{B}`, `{F}` replaced by the services' folders."""
    for letter, path in FOLDERS.items():
        text = text.replace(f"{{{letter}}}", path)
    return text


@dataclass(frozen=True)
class Judged:
    """A changed mesh with what was found in it."""

    mesh: Mesh
    facts: GateFacts
    policy: Policy
    check: Check


def judged(case: dict[str, Any], environment: str = "local") -> Judged:
    """The check of the small mesh, changed as the case says."""
    files = mesh_files() | {SPECS + path: text for path, text in canonical_files().items()}
    for path in _list(case.get("remove", [])):
        gone = filled(path)
        found = [name for name in files if name == gone or name.startswith(f"{gone}/")]
        assert found, f"nothing to remove: {gone}"
        for name in found:
            del files[name]
    for path, text in case.get("write", {}).items():
        files[filled(path)] = filled(text)
    for path, text in [case["append"]] if "append" in case else []:
        files[filled(path)] += filled(text)
    for path, text in case.get("also", {}).items():
        files[filled(path)] += filled(text)
    if "edit" in case:
        path, old, new = map(filled, case["edit"])
        assert old in files[path], f"nothing to edit in {path}"
        files[path] = files[path].replace(old, new, 1)
    return judge_files(files, case.get("kind", {}), environment)


def judge_files(
    files: dict[str, str], kinds: dict[str, str] | None = None, environment: str = "local"
) -> Judged:
    """The check of these files; `kinds` are paths that are no files."""
    own = {path: text for path, text in files.items() if not path.startswith(SPECS)}
    inputs = {path.removeprefix(SPECS): text for path, text in files.items() if path not in own}
    tree = tree_of(own, "mesh")
    special = {filled(path): Entry(Kind(kind)) for path, kind in (kinds or {}).items()}
    tree = replace(tree, entries=dict(sorted({**tree.entries, **special}.items())))
    mesh = parse_mesh(tree, tree_of(inputs, "viralForge/specs") if inputs else None)
    settings = own.get("tierline.toml", "").encode()
    policy, defects = resolve(environment, None, mesh.settings, "mesh/tierline.toml", settings)
    proto = ProtoFacts(idle="none moved")
    facts = GateFacts(tree, policy_defects=defects, proto=proto, then=same_contracts(tree))
    return Judged(mesh, facts, policy, check(mesh, facts, policy, None, 0.0))


def same_contracts(tree: Tree) -> ContractsThen:
    """A reference at which every contract was as it is."""
    return ContractsThen(Reference("main", "c" * 40, "as --against says"), tree)


def shown(findings: Iterable[Finding]) -> list[str]:
    """Each finding as cases write it, without those of gates that do not exist yet."""
    return sorted(
        f"{one.status} {one.code} {(one.service_id or '-').split('-')[0] or '-'} "
        f"{one.place.path if one.place else ''}:{one.place.line if one.place else 0}"
        for one in findings
        if not one.code.endswith("/not-judged")
    )


def _list(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value
