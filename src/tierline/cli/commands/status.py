"""`tierline status`: what runs, and where the newest rollout stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tierline.cli.options import format_option, place_options

if TYPE_CHECKING:
    from tierline.conductor.look import Look
    from tierline.conductor.place import Place
    from tierline.conductor.workspace import Workspace
    from tierline.report.running import Conducting
    from tierline.targets.local.client import Client

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
    from tierline.cli.session import local_history, workspace_of

    workspace = workspace_of(place, "mesh")
    from tierline.cli import output
    from tierline.conductor.history import latest
    from tierline.report.running import Running, Standing, status_json, status_text

    with local_history(workspace) as store:
        newest = latest(store, workspace.environment)
    look, conductor = _seen_now(workspace)
    running = tuple(
        Running(name, instance, str(look.health.get(name, "")))
        for name, seen in sorted(look.seen.items())
        for instance in seen.instances
    )
    standing = Standing(workspace.environment, newest[1] if newest else None, conductor)
    if form == "json":
        output.document(status_json(standing, running))
    else:
        here = {one.service_id for one in running}
        absent = [name for name in workspace.mesh.services if name not in here]
        columns = output.width()
        output.show(status_text(standing, running, absent, columns))
    return 0


def _seen_now(workspace: Workspace) -> tuple[Look, Conducting | None]:
    """What runs and who conducts; starts nothing to find out."""
    from tierline.cli.session import has_history, is_conducted, is_local
    from tierline.conductor.look import Look

    if not is_conducted(workspace) or (is_local(workspace) and not has_history(workspace)):
        return Look(), None
    import asyncio

    return asyncio.run(_look(workspace))


async def _look(workspace: Workspace) -> tuple[Look, Conducting | None]:
    from tierline.cli.session import holds, is_local, supervisor, view_of
    from tierline.conductor.look import Look, look

    if not await holds(workspace):
        return Look(), None
    seen = await look(view_of(workspace), workspace.mesh.services)
    if not is_local(workspace):
        return seen, None
    client = supervisor(workspace)
    return seen, await _conducting(client) if await client.lives() else None


async def _conducting(client: Client) -> Conducting | None:
    """Who has the lease, if it is alive."""
    from tierline.report.running import Conducting
    from tierline.supervisor.lease import is_dead

    held = (await client.status()).held
    if held is None or is_dead(held.holder):
        return None
    by = held.holder
    return Conducting(by.name, by.task, by.pid, by.host, by.folder, held.since)
