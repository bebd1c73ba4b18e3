"""Assesses a selection against what runs now, without starting or changing anything."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tierline.cli.session import has_history, local_store, local_target, situation
from tierline.conductor.assess import Assessment, Situation, assess
from tierline.errors import PermanentError

if TYPE_CHECKING:
    from tierline.conductor.workspace import Workspace


def assess_now(workspace: Workspace, selection: str) -> Assessment:
    """Check, readiness and plan of a selection; nothing runs where nothing was ever started.

    Where we may not look for what was started, nothing is known of it: no owner counts as healthy.
    """
    known = Situation()
    if workspace.policy.target == "local" and _has_history(workspace):
        import asyncio

        with local_store(workspace) as store:
            known = asyncio.run(situation(workspace, local_target(workspace), store))
    return assess(workspace, selection, known, time.time())


def _has_history(workspace: Workspace) -> bool:
    try:
        return has_history(workspace)
    except PermanentError:
        return False
