"""A mesh opened for work in one environment: what it declares and under which policy.

Faces ask for one of these first; nothing here acts on the world.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from tierline.conductor.place import Place
from tierline.errors import UsageError
from tierline.evidence.load import load
from tierline.evidence.root import find_root
from tierline.frozen import frozen
from tierline.mesh.defect import Defect
from tierline.mesh.model import Mesh
from tierline.mesh.tree import Tree
from tierline.policy.file import PolicyFile, parse_policy
from tierline.policy.model import Policy
from tierline.policy.resolve import resolve
from tierline.readiness.facts import wanted_by_gates

LOCAL = "local"
MOST_POLICY_BYTES = 1 << 20


@frozen
class Workspace:
    """A mesh root with what was read there, and the policy of the environment.

    `policy_defects` are the mesh's attempts to loosen it.
    """

    root: Path
    tree: Tree
    mesh: Mesh
    policy: Policy
    policy_defects: tuple[Defect, ...]

    @property
    def environment(self) -> str:
        """The environment's name."""
        return self.policy.environment


def open_workspace(place: Place) -> Workspace:
    """Read the mesh and its policy; UsageError where either cannot be used at all."""
    root = find_root(Path.cwd(), place.root_path)
    file = _policy_file(place.policy_file)
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
    return Workspace(root, loaded.tree, loaded.mesh, _aimed(policy, place.target), defects)


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


def _policy_file(path: Path | None) -> PolicyFile | None:
    named = path or (
        Path(os.environ["TIERLINE_POLICY"]) if "TIERLINE_POLICY" in os.environ else None
    )
    if named is None:
        return None
    try:
        with named.open("rb") as file:
            content = file.read(MOST_POLICY_BYTES + 1)
    except OSError as error:
        raise UsageError(
            f"policy file {named} cannot be read: {error.strerror}",
            code="usage/policy",
            fix="name a readable file with --policy or TIERLINE_POLICY",
        ) from error
    if len(content) > MOST_POLICY_BYTES:
        raise UsageError(f"policy file {named} is larger than 1 MiB", code="usage/policy")
    read, defects = parse_policy(content.decode(errors="surrogateescape"), str(named))
    if read is None:
        lines = "\n  ".join(f"{defect.place}: {defect.message}" for defect in defects)
        raise UsageError(
            f"policy file {named} cannot be used:\n  {lines}",
            code="usage/policy",
            fix=defects[0].fix if defects else "",
        )
    return read
