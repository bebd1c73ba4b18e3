"""What gates judge besides the mesh itself, as values; knows nothing of how it was gathered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tierline.facts.evidence import Answer
from tierline.mesh.defect import Defect, Place
from tierline.mesh.model import Mesh
from tierline.mesh.tree import Tree
from tierline.readiness.codes_reading import READING_SLUGS


@dataclass(frozen=True, slots=True)
class GateFacts:
    """The mesh's files, what is known of externals, and what was wrong with the policy.

    `tree` has the content of every path that `wanted_by_gates` names. `externals` maps an external
    to how its last probe or attestation ended; an absent one is unknown. `policy_defects` are
    those that resolving the policy gave.
    """

    tree: Tree
    externals: Mapping[str, Answer] = field(default_factory=dict[str, Answer])
    policy_defects: tuple[Defect, ...] = ()


def unexplained(mesh: Mesh, facts: GateFacts, path: str) -> Place | None:
    """Where a file is of which nothing was read, unless some parser has said why already."""
    shown = facts.tree.shown(path)
    told = any(
        defect.place.path == shown and defect.code.partition("/")[2] in READING_SLUGS
        for defect in mesh.defects
    )
    return None if told else Place(shown)


def wanted_by_gates(path: str) -> bool:
    """Whether gates need the content of this path (relative to the mesh root)."""
    return path.endswith(".go") and path.startswith("services/")
