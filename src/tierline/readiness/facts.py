"""What gates judge besides the mesh itself, as values; knows nothing of how it was gathered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from tierline.facts.evidence import Answer
from tierline.frozen import frozen
from tierline.mesh.defect import Defect
from tierline.mesh.model import Mesh
from tierline.mesh.tree import Tree
from tierline.readiness.codes_reading import READING_SLUGS


@frozen
class GateFacts:
    """The mesh's files, what is known of externals, and what was wrong with the policy.

    `tree` has the content of every path that `wanted_by_gates` names. `externals` maps an external
    to how its last probe or attestation ended; an absent one is unknown. `policy_defects` are
    those that resolving the policy gave.
    """

    tree: Tree
    externals: Mapping[str, Answer] = field(default_factory=dict[str, Answer])
    policy_defects: tuple[Defect, ...] = ()


def told_unread(mesh: Mesh) -> frozenset[str]:
    """Paths, as shown, of which a parser has said already that they could not be read."""
    return frozenset(
        defect.place.path
        for defect in mesh.defects
        if defect.code.partition("/")[2] in READING_SLUGS
    )


def wanted_by_gates(path: str) -> bool:
    """Whether gates need the content of this path (relative to the mesh root).

    Any Go package of a service may be its bootstrap package, as its profile likes; but programs,
    tests, generated and vendored code are not.
    """
    if not path.startswith("services/") or not path.endswith(".go"):
        return False
    inner = path.split("/")[3:-1]
    return not path.endswith(("_test.go", ".pb.go")) and not _NO_BOOTSTRAP & set(inner)


_NO_BOOTSTRAP = frozenset({"cmd", "vendor", "testdata", "gen"})
