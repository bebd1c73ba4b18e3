"""What of a plan other tools have rolled out on Kubernetes: found by its manifests, changed never."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tierline.conductor.on_kubernetes import Checkout, open_kubernetes, site_of
from tierline.targets.kubernetes.recognising import Recognising

if TYPE_CHECKING:
    from collections.abc import Callable

    from tierline.conductor.workspace import Workspace
    from tierline.facts.instant import Instant
    from tierline.plan.model import Plan
    from tierline.targets.kubernetes.foreign import Foreign
    from tierline.targets.kubernetes.target import KubernetesTarget
    from tierline.targets.local.paths import Folders


async def brought_by_others(workspace: Workspace, plan: Plan) -> Foreign:
    """Of the planned services, those that are there and not ours, and how they stand."""
    checkout = Checkout(workspace)
    planned = {
        one.service_id: (one.revision.id, checkout.ready(one.service_id)) for one in plan.services
    }
    recognising = Recognising(site_of(workspace, time.time))
    try:
        return await recognising.find(planned)
    finally:
        await recognising.close()


def seeing(
    workspace: Workspace, folders: Folders, now: Callable[[], Instant], foreign: Foreign
) -> KubernetesTarget:
    """The target of the workspace, which sees what others brought beside what is ours."""
    return open_kubernetes(workspace, folders, now, foreign)
