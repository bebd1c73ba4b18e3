"""Assesses a selection against what runs now, without starting or changing anything."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tierline.cli.session import has_history, local_history, local_target, situation
from tierline.conductor.assess import Assessment, Situation, assess
from tierline.conductor.look import Look
from tierline.conductor.wishes import Wishes
from tierline.errors import PermanentError
from tierline.mesh.selection import Method, needs, parse_selection

if TYPE_CHECKING:
    from tierline.conductor.workspace import Workspace

_NONE = Wishes()


def assess_now(workspace: Workspace, selection: str, wishes: Wishes = _NONE) -> Assessment:
    """Check, readiness and plan of a selection; nothing runs where nothing was ever started.

    Where we may not look for what was started, nothing is known of it: no owner counts as healthy.
    """
    return assess(workspace, selection, _situation(workspace), time.time(), wishes)


def look_for(workspace: Workspace, selection: str) -> Look:
    """What runs, if the selection cannot be answered without; else nothing is looked at."""
    asked = any(need.kind is Method.OUTDATED for need in needs(parse_selection(selection)))
    return _situation(workspace).look if asked else Look()


def _situation(workspace: Workspace) -> Situation:
    if workspace.policy.target != "local" or not _has_history(workspace):
        return Situation()
    import asyncio

    with local_history(workspace) as store:
        return asyncio.run(situation(workspace, local_target(workspace), store))


def _has_history(workspace: Workspace) -> bool:
    try:
        return has_history(workspace)
    except PermanentError:
        return False
