"""A mesh opened for work in one environment: what it declares and under which policy.

Faces ask for one of these first; nothing here acts on the world.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from tierline.conductor.baseline import with_own_waivers
from tierline.conductor.place import Place
from tierline.conductor.policy_file import read_policy_file
from tierline.errors import UsageError
from tierline.evidence.load import load
from tierline.evidence.root import find_root
from tierline.frozen import frozen
from tierline.mesh.defect import Defect
from tierline.mesh.model import Mesh
from tierline.mesh.tree import Tree
from tierline.policy.model import Policy
from tierline.policy.resolve import resolve
from tierline.readiness.facts import wanted_by_gates

LOCAL = "local"


@frozen
class Workspace:
    """A mesh root with what was read there, and the policy of the environment.

    `policy_defects` are the mesh's attempts to loosen it, and what is wrong in its own waivers.
    `against`: the git reference that the release is compared with, "" for the default.
    """

    root: Path
    tree: Tree
    mesh: Mesh
    policy: Policy
    policy_defects: tuple[Defect, ...]
    against: str = ""

    @property
    def environment(self) -> str:
        """The environment's name."""
        return self.policy.environment


def open_workspace(place: Place) -> Workspace:
    """Read the mesh and its policy; UsageError where either cannot be used at all."""
    root = find_root(Path.cwd(), place.root_path)
    file = read_policy_file(place.policy_file, root)
    loaded = load(root, also=wanted_by_gates)
    environment = place.environment or os.environ.get("TIERLINE_ENV") or LOCAL
    settings = loaded.tree.entries.get("tierline.toml")
    policy, defects = resolve(
        environment,
        file,
        loaded.mesh.settings,
        loaded.tree.shown("tierline.toml"),
        (settings.content if settings else None) or b"",
    )
    policy, more = with_own_waivers(root, _aimed(policy, place.target))
    told = (*defects, *more)
    return Workspace(root, loaded.tree, loaded.mesh, policy, told, place.against)


def _aimed(policy: Policy, target: str | None) -> Policy:
    """The policy with the target that was asked for; an environment's own cannot be changed."""
    if target is None or target == policy.target:
        return policy
    if policy.target and target != "simulated":
        raise UsageError(
            f"{policy.environment} runs on target {policy.target}, not on {target}",
            code="usage/target",
            fix="leave --target out, or use --target simulated to rehearse",
        )
    return replace(policy, target=target)
