"""Assesses a selection against what runs now, without starting or changing anything."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tierline.cli import output
from tierline.cli.session import (
    has_history,
    is_conducted,
    is_local,
    local_history,
    situation,
    view_of,
)
from tierline.conductor.assess import Assessment, Situation, assess
from tierline.conductor.look import Look
from tierline.conductor.wishes import Wishes
from tierline.errors import PermanentError, TemporaryError, UsageError
from tierline.mesh.selection import Method, needs, parse_selection

if TYPE_CHECKING:
    from tierline.boundary.can_roll import CanRoll
    from tierline.conductor.workspace import Workspace

_NONE = Wishes()


def assess_now(workspace: Workspace, selection: str, wishes: Wishes = _NONE) -> Assessment:
    """Check, readiness and plan of a selection; nothing runs where nothing was ever started.

    Where we may not look for what was started, nothing is known of it: no owner counts as healthy,
    and a warning says so.
    """
    situation = _situation(workspace, look_is_asked=_outdated(selection, wishes.without))
    return assess(workspace, selection, situation, time.time(), wishes)


def crossing_now(workspace: Workspace, selection: str, together: str) -> CanRoll:
    """Whether a selection can be released as things stand, and if not alone, with whom.

    PermanentError where we may not look at what runs, UsageError where nobody can.
    """
    from tierline.conductor.crossing import can_roll_now

    if not is_conducted(workspace):
        raise UsageError(
            f"nobody can see what runs in {workspace.environment}, so nothing can be said of its contracts",
            code="usage/target",
            fix="name an environment whose policy file says where it runs, with --env and --policy",
        )
    situation = _situation(workspace, look_is_asked=True)
    return can_roll_now(workspace, selection, together, situation, time.time())


def look_for(workspace: Workspace, selection: str) -> Look:
    """What runs, if the selection cannot be answered without; else nothing is looked at."""
    if not _outdated(selection):
        return Look()
    return _situation(workspace, look_is_asked=True).look


def _outdated(*selections: str) -> bool:
    """Whether only what runs tells who is selected."""
    wanted = (need for one in selections for need in needs(parse_selection(one)))
    return any(need.kind is Method.OUTDATED for need in wanted)


def _situation(workspace: Workspace, *, look_is_asked: bool) -> Situation:
    """PermanentError or TemporaryError where we may not or cannot look, if `look_is_asked`."""
    if not is_conducted(workspace):
        return Situation()
    try:
        if is_local(workspace) and not has_history(workspace):
            return Situation()
        if not is_local(workspace):
            return _now(workspace)
    except (PermanentError, TemporaryError) as error:
        if look_is_asked:
            raise
        output.note(f"warning: what runs in {workspace.environment} is unknown: {error.message}")
        output.note(f"  fix: {error.fix}")
        return Situation(unseen=error.message)
    return _now(workspace)


def _now(workspace: Workspace) -> Situation:
    import asyncio

    with local_history(workspace) as store:
        return asyncio.run(situation(workspace, view_of(workspace), store))
