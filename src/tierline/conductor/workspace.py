"""A mesh opened for work in one environment: what it declares and under which policy.

Faces ask for one of these first; nothing here acts on the world.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import field, replace
from pathlib import Path

from tierline.conductor.baseline import with_own_waivers
from tierline.conductor.place import Place
from tierline.conductor.policy_file import read_policy_file
from tierline.errors import UsageError
from tierline.evidence.folder import Depth
from tierline.evidence.root import find_root
from tierline.evidence.shipped import Shipped
from tierline.evidence.survey import Keeping, survey
from tierline.facts.images import Image
from tierline.frozen import frozen
from tierline.mesh.clean import clean
from tierline.mesh.defect import Defect
from tierline.mesh.model import Mesh
from tierline.mesh.tree import Tree
from tierline.policy.model import Policy
from tierline.policy.resolve import resolve
from tierline.readiness.compose.composition import Composition
from tierline.readiness.compose.environment import Parsed
from tierline.readiness.facts import Judged, Surroundings, surroundings

LOCAL = "local"
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")


@frozen
class Workspace:
    """A mesh root with what was read there, and the policy of the environment.

    `tree` is without the insides of services' folders; what was learnt of these is in `mesh`,
    `judged`, `composed` and `compose_files` (None: gates were not asked) and, by folder, `shipped`.
    `policy_defects` are the mesh's attempts to loosen the policy, and what is wrong in its own
    waivers. `against`: the git reference that the release is compared with, "" for the default.
    `images` are those that the command line names, by what deployment files call them; `image_tag` is
    the tag that a registry is asked for of others, "" for none. No gates but
    `gates` were asked (None: all were), and no others may be.
    """

    root: Path
    tree: Tree
    mesh: Mesh
    policy: Policy
    policy_defects: tuple[Defect, ...]
    against: str = ""
    judged: Mapping[str, Judged] | None = None
    composed: Mapping[str, Composition] | None = None
    compose_files: Mapping[str, Parsed] | None = None
    shipped: Mapping[str, Shipped] = field(default_factory=dict[str, Shipped])
    images: Mapping[str, Image] = field(default_factory=dict[str, Image])
    gates: frozenset[str] | None = None
    image_tag: str = ""

    @property
    def environment(self) -> str:
        """The environment's name."""
        return self.policy.environment


def open_workspace(
    place: Place, depth: Depth = Depth.SHIPPED, gates: frozenset[str] | None = None
) -> Workspace:
    """Read the mesh, as deeply as is needed, and its policy; ask only `gates`, None: all.

    UsageError where either cannot be used at all.
    """
    root = find_root(Path.cwd(), place.root_path)
    file = read_policy_file(place.policy_file, root)
    environment = place.environment or os.environ.get("TIERLINE_ENV") or LOCAL
    resolved: list[tuple[Policy, tuple[Defect, ...]]] = []

    def surrounding(mesh: Mesh, tree: Tree) -> Surroundings:
        settings = tree.entries.get("tierline.toml")
        text = (settings.content if settings else None) or b""
        told = resolve(environment, file, mesh.settings, tree.shown("tierline.toml"), text)
        resolved[:] = [told]
        return surroundings(mesh, tree, told[0])

    keeping = Keeping(os.environ if place.cache else {}, environment)
    found = survey(root, depth, surrounding, keeping, gates)
    policy, defects = resolved[0]
    policy, more = with_own_waivers(root, _aimed(policy, place.target))
    return Workspace(
        root,
        found.tree,
        found.mesh,
        policy,
        (*defects, *more),
        place.against,
        found.judged,
        found.composed,
        found.compose_files,
        found.shipped,
        _images(place, policy),
        gates,
        _image_tag(place, policy),
    )


def _images(place: Place, policy: Policy) -> Mapping[str, Image]:
    """The map of images that a command line names; UsageError where nothing would be pulled."""
    if place.images is None:
        return {}
    if policy.target == LOCAL:
        raise UsageError(
            f"{policy.environment} runs local processes, which need no images",
            code="usage/images",
            fix="leave --images out, or name another environment with --env",
        )
    from tierline.evidence.images import read_images  # noqa: PLC0415 - seldom needed

    return read_images(place.images)


def _image_tag(place: Place, policy: Policy) -> str:
    """The tag that a command line names; UsageError for one that is none, or that nobody would ask for."""
    if place.image_tag and not _TAG.fullmatch(place.image_tag):
        raise UsageError(
            f"{clean(place.image_tag, 60)!r} is no tag of an image",
            code="usage/images",
            fix="a tag has letters, digits, dots, dashes and underscores, 128 at most",
        )
    if place.image_tag and policy.target != "kubernetes":
        raise UsageError(
            f"{policy.environment} runs on target {policy.target or 'none'}, and --image-tag is for kubernetes",
            code="usage/images",
            fix="leave it out, or name another environment with --env",
        )
    return place.image_tag


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
