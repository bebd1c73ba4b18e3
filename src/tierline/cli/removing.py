"""What a release would remove from its environment, told beside the plan: a fact of the moment, not bound by it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tierline.cli import output
from tierline.errors import TierlineError

if TYPE_CHECKING:
    from tierline.conductor.workspace import Workspace
    from tierline.plan.model import Plan


async def tell_removals(workspace: Workspace, plan: Plan) -> None:
    """Say what of the planned services is there and is no longer theirs; nothing on other targets."""
    if workspace.policy.target != "kubernetes":
        return
    from tierline.conductor.differing import removals
    from tierline.report.diff_text import removals_text

    try:
        found = await removals(workspace, [one.service_id for one in plan.services])
    except TierlineError as error:
        output.note(f"what would be removed is not known: {error.message}")
        return
    if found:
        output.note(removals_text(found, f"namespace {workspace.policy.namespace}"))
