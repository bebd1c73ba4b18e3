"""Opens what runs an environment's services: the target that its policy names; acts on nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from tierline.errors import UsageError

if TYPE_CHECKING:
    from tierline.conductor.workspace import Workspace
    from tierline.facts.instant import Instant
    from tierline.facts.revision import Revision
    from tierline.targets.compose.target import ComposeTarget
    from tierline.targets.kubernetes.target import KubernetesTarget
    from tierline.targets.local.paths import Folders
    from tierline.targets.local.target import LocalTarget
    from tierline.targets.protocol import Target

Now = Callable[[], "Instant"]
Opener = Callable[["Workspace", "Folders", Now], "Target"]


def open_target(workspace: Workspace, folders: Folders, now: Now) -> Target:
    """The target of a workspace's environment; `folders` may be missing, `now` stamps its evidence.

    UsageError where the environment runs on something that nobody here conducts.
    """
    opener = OPENERS.get(workspace.policy.target)
    if opener is None:
        where = workspace.policy.target or "no target that the policy file names"
        raise UsageError(
            f"{workspace.environment} runs on {where}; "
            f"this version conducts {', '.join(OPENERS)} and simulated",
            code="usage/target",
            fix="give --env local, or --target simulated to rehearse",
        )
    return opener(workspace, folders, now)


def shipped(workspace: Workspace, found: Mapping[str, Revision]) -> Mapping[str, Revision]:
    """The revisions as the environment's target would run them."""
    if workspace.policy.target != "kubernetes":
        return found
    from tierline.conductor.on_kubernetes import shipped_to_cluster  # noqa: PLC0415 - the same

    return shipped_to_cluster(workspace, found)


def _local(workspace: Workspace, folders: Folders, now: Now) -> LocalTarget:
    from tierline.evidence.sources import Sources  # noqa: PLC0415 - each target has its own imports
    from tierline.targets.local.target import LocalTarget, open_site  # noqa: PLC0415 - the same

    sources = Sources(workspace.root, workspace.mesh)
    kept = workspace.policy.keeping.kept_revisions
    site = open_site(workspace.root, workspace.environment, folders, now, kept)
    return LocalTarget(site, workspace.mesh, sources)


def _kubernetes(workspace: Workspace, folders: Folders, now: Now) -> KubernetesTarget:
    from tierline.conductor.on_kubernetes import open_kubernetes  # noqa: PLC0415 - the same

    return open_kubernetes(workspace, folders, now)


def _compose(workspace: Workspace, folders: Folders, now: Now) -> ComposeTarget:
    from tierline.conductor.on_compose import open_compose  # noqa: PLC0415 - the same

    return open_compose(workspace, folders, now)


OPENERS: Final[Mapping[str, Opener]] = MappingProxyType(
    {"local": _local, "compose": _compose, "kubernetes": _kubernetes}
)
"""target -> how it is opened; a target that is not here cannot be conducted"""
