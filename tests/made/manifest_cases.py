"""Applies a case of tests/cases/manifests.yaml to manifests without findings and judges them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from made.manifests import manifests
from made.readiness_cases import judged
from made.small_mesh import PROFILE
from tierline.mesh.defect import Defect
from tierline.mesh.tree import Entry, Kind
from tierline.readiness.cluster import Cluster
from tierline.readiness.facts import ServiceFacts, facts_of_services
from tierline.readiness.manifests.judge import judge_manifests

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


def found_in(files: Mapping[str, str | bytes], cluster: Cluster | None = None) -> list[Defect]:
    """Everything that the gate finds, in the order of places."""
    found = judge_manifests(facts_of(files, cluster or Cluster()))
    return sorted(found, key=lambda one: (one.place, one.code))


def found_by(case: Mapping[str, Any]) -> list[Defect]:
    """Everything that the gate finds in a case."""
    given: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value
        for key, value in case.get("cluster", {}).items()
    }
    return found_in(changed(case), Cluster(**given))


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
