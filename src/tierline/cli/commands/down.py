"""`tierline down`: stop everything that runs in a local environment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tierline.cli.options import place_options, yes_option

if TYPE_CHECKING:
    from tierline.conductor.place import Place

EPILOG = """\b
Examples:
  tierline down
  tierline down --env local --yes
"""


@click.command("down", epilog=EPILOG)
@yes_option
@place_options
def command(yes: bool, place: Place) -> int:
    """Stop all services of the local environment and their supervisor; data and journal stay."""
    import asyncio

    from tierline.cli import output
    from tierline.cli.session import local_folders, local_target, workspace_of
    from tierline.targets.local.target import down

    workspace = workspace_of(place)
    local_target(workspace)
    if not yes and output.interactive():
        click.confirm(f"Stop everything in {workspace.environment}?", abort=True, err=True)
    stopped = asyncio.run(down(local_folders(workspace)))
    output.note("stopped" if stopped else "nothing was running")
    return 0
