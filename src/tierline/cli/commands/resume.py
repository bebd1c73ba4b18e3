"""`tierline resume`: go on with a rollout that is held or waits at a checkpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tierline.cli.options import format_option, place_options

if TYPE_CHECKING:
    from tierline.conductor.carry_out import OnConductor
    from tierline.conductor.place import Place
    from tierline.conductor.workspace import Workspace
    from tierline.conductor.world import World
    from tierline.rollout.state import State

EPILOG = """\b
Examples:
  tierline resume
  tierline resume R-20260504-1 --format json
"""


@click.command("resume", epilog=EPILOG)
@click.argument("rollout", required=False)
@place_options
@format_option("text", "json", "md")
def command(rollout: str | None, place: Place, form: str) -> int:
    """Go on with a held rollout under the same plan: what failed is tried once more.

    One that waits at a checkpoint passes it; where somebody conducts it, it goes on there, and this
    command returns at once. For a mesh that was mended since, use `tierline rollout --supersedes ID`.
    Exit code: 0 GO, 4 HOLD.
    """
    import asyncio

    from tierline.cli.session import workspace_of

    return asyncio.run(_resume(workspace_of(place, "mesh"), rollout, form))


async def _resume(workspace: Workspace, rollout: str | None, form: str) -> int:
    import time

    from tierline.cli import output
    from tierline.cli.admission import refuse_unapproved
    from tierline.cli.asking import hand_over, heard
    from tierline.cli.conducting import conducted, show_report
    from tierline.cli.session import holder, local_store, user
    from tierline.cli.which import which_open
    from tierline.conductor.carry_out import resume
    from tierline.conductor.issues import known_issues
    from tierline.rollout.events import Command
    from tierline.rollout.state import Status
    from tierline.store.protocol import Asked
    from tierline.targets.protocol import LeaseHeld

    with local_store(workspace) as store:
        found = which_open(store, workspace.environment, rollout)
        name = found.rollout
        refuse_unapproved(workspace, store, found)

        async def work(world: World, started: OnConductor) -> State:
            return await resume(world, holder(workspace, "resume"), name, user(), started)

        try:
            ended = await conducted(workspace, store, work)
        except LeaseHeld as held:
            asked = Asked(0, name, Command.RESUME, user(), "", time.time(), found.waits_at)
            heard(held, asked)
            if not (found.waits_at or found.status is Status.HOLDING):
                raise
            output.note(hand_over(store, workspace.environment, asked))
            return 0
        return show_report(ended, known_issues(store, workspace.environment), form)
