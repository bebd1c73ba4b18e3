"""`tierline status`: what runs, and where the newest rollout stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tierline.cli.options import format_option, place_options

if TYPE_CHECKING:
    from tierline.conductor.look import Look
    from tierline.conductor.place import Place
    from tierline.conductor.workspace import Workspace

EPILOG = """\b
Examples:
  tierline status
  tierline status --format json
"""


@click.command("status", epilog=EPILOG)
@place_options
@format_option("text", "json")
def command(place: Place, form: str) -> int:
    """Show every running instance, and the newest rollout in a line."""
    from tierline.cli.session import has_history, local_store, workspace_of

    workspace = workspace_of(place)
    from tierline.cli import output
    from tierline.conductor.history import latest
    from tierline.report.running import Running, Standing, status_json, status_text

    newest = None
    if has_history(workspace):
        with local_store(workspace) as store:
            newest = latest(store, workspace.environment)
    look = _seen_now(workspace)
    running = tuple(
        Running(name, instance, str(look.health.get(name, "")))
        for name, seen in sorted(look.seen.items())
        for instance in seen.instances
    )
    state = newest[1] if newest else None
    standing = Standing(workspace.environment, state, conducted=_conducted(workspace))
    if form == "json":
        output.document(status_json(standing, running))
    else:
        here = {one.service_id for one in running}
        absent = [name for name in workspace.mesh.services if name not in here]
        columns = output.width()
        output.show(status_text(standing, running, absent, columns))
    return 0


def _conducted(workspace: Workspace) -> bool:
    """Whether the holder of the lease lives; starts nothing to find out."""
    from tierline.cli.session import has_history

    if not has_history(workspace):
        return False
    import asyncio

    return asyncio.run(_holder_lives(workspace))


async def _holder_lives(workspace: Workspace) -> bool:
    from tierline.cli.session import local_folders
    from tierline.supervisor.lease import is_dead
    from tierline.targets.local.client import Client

    folders = local_folders(workspace)
    client = Client(folders.state, folders.runtime)
    if not await client.lives():
        return False
    holder = (await client.status()).holder
    return holder is not None and not is_dead(holder)


def _seen_now(workspace: Workspace) -> Look:
    from tierline.cli.session import has_history
    from tierline.conductor.look import Look

    if not has_history(workspace):
        return Look()
    import asyncio

    return asyncio.run(_look(workspace))


async def _look(workspace: Workspace) -> Look:
    from tierline.cli.session import holds, local_target
    from tierline.conductor.look import Look, look

    target = local_target(workspace)
    return await look(target, workspace.mesh.services) if await holds(workspace) else Look()
