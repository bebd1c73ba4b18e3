"""`tierline down`: stop everything that runs in a local environment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tierline.cli.options import place_options, yes_option

if TYPE_CHECKING:
    from tierline.conductor.place import Place
    from tierline.conductor.workspace import Workspace

EPILOG = """\b
Examples:
  tierline down
  tierline down --env local --yes
"""


@click.command("down", epilog=EPILOG)
@yes_option
@place_options
def command(yes: bool, place: Place) -> int:
    """Stop all services of a local or Compose environment; data and journal stay.

    While a rollout is conducted there, hold or abort it first.
    """
    import asyncio

    from tierline.cli import output
    from tierline.cli.session import workspace_of
    from tierline.errors import UsageError

    workspace = workspace_of(place, "mesh")
    if workspace.policy.target not in {"local", "compose"}:
        raise UsageError(
            f"{workspace.environment} is on {workspace.policy.target or 'no target'}, "
            "and down stops only what runs on this host",
            code="usage/target",
            fix="leave --env out, or end its services with the tools of their target",
        )
    if not yes and output.interactive():
        output.confirm(f"Stop everything in {workspace.environment}?")
    stopped = asyncio.run(_down(workspace))
    output.note("stopped" if stopped else "nothing was running")
    return 0


async def _down(workspace: Workspace) -> bool:
    """Under the lease, so that nobody starts again what was just stopped."""
    from tierline.cli.session import holds, is_local, local_folders, supervisor
    from tierline.targets.local.target import down

    if not is_local(workspace):
        return await _down_containers(workspace)
    await supervisor(workspace).oust()
    if not await holds(workspace):
        return False
    await _claim(workspace)
    return await down(local_folders(workspace))


async def _down_containers(workspace: Workspace) -> bool:
    from tierline.cli.session import target_of
    from tierline.targets.compose.target import ComposeTarget

    await _claim(workspace)
    target = target_of(workspace)
    return isinstance(target, ComposeTarget) and await target.down()


async def _claim(workspace: Workspace) -> None:
    """Win the lease. Where the journal is of no use only the target is asked: stopping writes none."""
    from tierline.cli import output
    from tierline.cli.session import holder, target_of
    from tierline.errors import TierlineError
    from tierline.store.trouble import DAMAGED, UNAVAILABLE

    try:
        await _claim_by_journal(workspace)
    except TierlineError as error:
        if error.code not in {DAMAGED, UNAVAILABLE}:
            raise
        output.note(f"{error.message}; stopping all the same")
        await target_of(workspace).claim(workspace.environment, holder(workspace, "down"))


async def _claim_by_journal(workspace: Workspace) -> None:
    from tierline.cli.session import clock_of, holder, local_store, target_of
    from tierline.conductor.claiming import claim
    from tierline.conductor.reporter import Reporter
    from tierline.conductor.world import World

    with local_store(workspace) as store:
        clock = clock_of(workspace, store)
        target = target_of(workspace, clock)
        world = World(workspace.environment, store, target, clock, Reporter())
        await claim(world, holder(workspace, "down"))
