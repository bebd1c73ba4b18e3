"""`tierline resume`: go on with a held rollout."""

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

    For a mesh that was mended since, use `tierline rollout --supersedes ID`.
    Exit code: 0 GO, 4 HOLD.
    """
    import asyncio

    from tierline.cli.session import workspace_of

    return asyncio.run(_resume(workspace_of(place), rollout, form))


async def _resume(workspace: Workspace, rollout: str | None, form: str) -> int:
    from tierline.cli.conducting import conducted, show_report
    from tierline.cli.session import holder, local_store, user
    from tierline.cli.which import which_open
    from tierline.conductor.carry_out import resume

    with local_store(workspace) as store:
        name = which_open(store, workspace.environment, rollout).rollout

        async def work(world: World, started: OnConductor) -> State:
            return await resume(world, holder(workspace, "resume"), name, user(), started)

        ended = await conducted(workspace, store, work)
        return show_report(ended, store.issues(workspace.environment), form)
