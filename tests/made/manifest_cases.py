"""Applies a case of tests/cases/manifests.yaml to manifests without findings and judges them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from made.manifests import manifests
from made.readiness_cases import judged
from made.small_mesh import PROFILE, tree_of
from tierline.mesh.defect import Defect
from tierline.mesh.tree import Entry, Kind
from tierline.readiness.cluster import Cluster
from tierline.readiness.compose.composition import Composition
from tierline.readiness.facts import GateFacts, ServiceFacts, facts_of_services
from tierline.readiness.manifests.asked import asked_of
from tierline.readiness.manifests.judge import judge_manifests
from tierline.readiness.manifests.promised import judge_promised

NAME = "profile"
FOLDER = "deploy/k8s/"


def changed(case: Mapping[str, Any]) -> dict[str, str]:
    """Path relative to the service's folder -> text, as the case changes it."""
    files = manifests(NAME)
    for name in case.get("remove", []):
        del files[_path(name)]
    edits = case.get("edit", [])
    for name, old, new in [edits] if edits and isinstance(edits[0], str) else edits:
        assert old in files[_path(name)], f"nothing to edit in {name}: {old!r}"
        files[_path(name)] = files[_path(name)].replace(old, new, 1)
    for name, text in [case["append"]] if "append" in case else []:
        files[_path(name)] += text
    for name, text in case.get("write", {}).items():
        files[_path(name)] = text
    if "copy" in case:
        name, other, old, new = case["copy"]
        assert old in files[_path(name)]
        files[_path(other)] = files[_path(name)].replace(old, new, 1)
    if "source" in case:
        files["internal/app/bootstrap/server.go"] = case["source"]
    if "config" in case:
        files["configs/default.yaml"] = case["config"]
    return files


def facts_of(files: Mapping[str, str | bytes], cluster: Cluster) -> ServiceFacts:
    """The profile service of the small mesh with these files, in this cluster."""
    found = judged({})
    each = facts_of_services(found.mesh, found.facts.tree, found.policy)
    profile = next(one for one in each if one.service.service_id == PROFILE)
    contents = {p: t.encode() if isinstance(t, str) else t for p, t in files.items()}
    entries = {path: Entry(Kind.FILE, len(one), one) for path, one in contents.items()}
    around = replace(profile.around, cluster=cluster)
    return replace(profile, files=entries, around=around)


def found_in(
    files: Mapping[str, str | bytes],
    cluster: Cluster | None = None,
    documents: Mapping[str, str] | None = None,
) -> list[Defect]:
    """Everything that the gate finds, in the order of places; `documents` are OpenAPI's, by path."""
    facts = facts_of(files, cluster or Cluster())
    found = [*judge_manifests(facts), *judge_paths(facts, documents or {})]
    return sorted(found, key=lambda one: (one.place, one.code))


def judge_paths(facts: ServiceFacts, documents: Mapping[str, str]) -> list[Defect]:
    """What the gate finds of paths that the service's probes ask."""
    found = judged({})
    name = facts.service.service_id
    composed = {name: Composition(asked=asked_of(facts))}
    tree = tree_of({f"contracts/openapi/{path}": text for path, text in documents.items()}, "mesh")
    gathered = GateFacts(tree, composed=composed)
    return list(judge_promised(found.mesh, gathered, found.policy))


def found_by(case: Mapping[str, Any]) -> list[Defect]:
    """Everything that the gate finds in a case."""
    given: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value
        for key, value in case.get("cluster", {}).items()
    }
    return found_in(changed(case), Cluster(**given), case.get("openapi", {}))


def shown(found: Iterable[Defect]) -> list[str]:
    """Each finding as cases write it."""
    return sorted(
        f"{one.code.partition('/')[2]} {_file(one.place.path)}:{one.place.line}:{one.place.column}"
        for one in found
    )


def _file(path: str) -> str:
    return path.partition(FOLDER)[2].removesuffix(".yaml")


def _path(name: str) -> str:
    return f"{FOLDER}{name}.yaml"
