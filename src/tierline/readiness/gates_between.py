"""Rows of the gates that judge what lies between services: retired ids, events, Compose files."""

from __future__ import annotations

from typing import Final

from tierline.readiness.alias_lineage import judge_alias_lineage
from tierline.readiness.gate import Gate

BETWEEN: Final = (
    Gate(
        "alias-lineage",
        "Retired ids",
        "Whoever still uses a retired id must find its successor.",
        "tooling/manifests/alias-lineage.yaml, else `supersedes` of service-category-map.yaml",
        "Every alias may be missing (allow_missing_ids), and nothing else may but declared "
        "exceptions; no successor may. Every successor exists, and its `supersedes` names the full "
        "id of its alias. No alias is still a service of the index, and none has two successors.",
        judge_alias_lineage,
    ),
)
