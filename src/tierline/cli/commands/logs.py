"""`tierline logs`: the output of a service."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tierline.cli.options import completed, place_options

if TYPE_CHECKING:
    from tierline.conductor.place import Place
    from tierline.conductor.workspace import Workspace

EPILOG = """\b
Examples:
  tierline logs M05
  tierline logs M05 --lines 500
"""


@click.command("logs", epilog=EPILOG)
@click.argument("service", shell_complete=completed("services"))
@click.option("--lines", "-n", default=100, show_default=True, type=click.IntRange(1, 100_000))
@place_options
def command(service: str, lines: int, place: Place) -> int:
    """Print the newest output of all workloads of SERVICE."""
    import asyncio

    from tierline.cli.session import workspace_of

    return asyncio.run(_logs(workspace_of(place, "mesh"), service, lines))


async def _logs(workspace: Workspace, service: str, lines: int) -> int:
    from tierline.cli import output
    from tierline.cli.session import holds, target_of
    from tierline.conductor.assess import choose
    from tierline.conductor.look import Look
    from tierline.errors import UsageError

    target = target_of(workspace)
    name, *more = choose(workspace, service, Look())
    if more:
        raise UsageError(
            f"{service} is {len(more) + 1} services, and logs shows one",
            code="usage/one-service",
            fix=f"name one of {', '.join([name, *more])}",
        )
    if not await holds(workspace):
        output.note("nothing runs; begin with: tierline rollout")
        return 0
    async for line in target.logs(name, 0.0, lines):
        output.document(f"{line.workload:<8} {line.text}")
    return 0
