"""What a release of services would change in their environment's cluster; changes nothing."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from tierline.conductor.on_kubernetes import Checkout, site_of
from tierline.errors import UsageError
from tierline.facts.difference import Comparison, ObjectChange, Orphan

if TYPE_CHECKING:
    from tierline.conductor.workspace import Workspace
    from tierline.targets.kubernetes.comparing import Comparing


async def compare(workspace: Workspace, services: Iterable[str]) -> Comparison:
    """What an apply of these services would change, by a dry run of the server; orphans of the mesh.

    UsageError where the environment is no Kubernetes.
    """
    checkout = Checkout(workspace)
    async with _looking(workspace) as comparing:
        found = [await comparing.compare(checkout.rendered(name)) for name in services]
        return Comparison(
            workspace.mesh.name,
            workspace.environment,
            f"namespace {workspace.policy.namespace}",
            tuple(found),
            comparing.orphans(workspace.mesh.services),
            checkout.manifests.loose,
        )


async def removals(
    workspace: Workspace, services: Iterable[str]
) -> Mapping[str, tuple[ObjectChange, ...]]:
    """Service -> what of it an apply would remove; only services of which there is something."""
    checkout = Checkout(workspace)
    async with _looking(workspace) as comparing:
        found = {name: comparing.removed(checkout.rendered(name)) for name in services}
    return {name: changes for name, changes in found.items() if changes}


async def orphans(workspace: Workspace) -> tuple[Orphan, ...]:
    """What carries our labels and is of no service of the mesh; none where it is no Kubernetes."""
    if workspace.policy.target != "kubernetes":
        return ()
    async with _looking(workspace) as comparing:
        return comparing.orphans(workspace.mesh.services)


@asynccontextmanager
async def _looking(workspace: Workspace) -> AsyncGenerator[Comparing, None]:
    if workspace.policy.target != "kubernetes":
        raise UsageError(
            f"{workspace.environment} runs on target {workspace.policy.target or 'none'},"
            " which has no objects to compare",
            code="usage/target",
            fix="name an environment on kubernetes with --env; tierline plan tells what would be released",
        )
    from tierline.targets.kubernetes.comparing import Comparing  # noqa: PLC0415 - seldom needed

    comparing = Comparing(site_of(workspace, time.time))
    try:
        await comparing.look()
        yield comparing
    finally:
        await comparing.close()
