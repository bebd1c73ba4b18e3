"""`tierline verify`: does it work now?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tierline.cli.options import format_option, images_option, place_options, selection_argument

if TYPE_CHECKING:
    from tierline.conductor.place import Place
    from tierline.conductor.workspace import Workspace
    from tierline.plan.model import Plan
    from tierline.report.model import FollowUp
    from tierline.targets.kubernetes.foreign import Foreign

EPILOG = """\b
Examples:
  tierline verify
  tierline verify M05+ --format json
"""


@click.command("verify", epilog=EPILOG)
@selection_argument
@place_options
@images_option
@format_option("text", "json", "md")
def command(selection: tuple[str, ...], place: Place, form: str) -> int:
    """Judge what runs of SELECTION against this mesh: revision, health, owners, telemetry, errors.

    Starts and changes nothing. Exit code: 0 GO, 4 HOLD.
    """
    import asyncio

    from tierline.cli.session import words, workspace_of

    return asyncio.run(_verify(workspace_of(place), words(selection), form))


async def _verify(workspace: Workspace, selection: str, form: str) -> int:
    from dataclasses import replace

    from tierline.cli.conducting import print_report
    from tierline.cli.progress import progress
    from tierline.cli.session import (
        clock_of,
        holds,
        local_folders,
        local_history,
        situation,
        target_of,
    )
    from tierline.conductor.assess import assess
    from tierline.conductor.verify import verify
    from tierline.conductor.world import World
    from tierline.errors import UsageError
    from tierline.report.build import build_report

    if not await holds(workspace):
        raise UsageError(
            "nothing runs here",
            code="verify/nothing-runs",
            fix="begin with: tierline rollout",
        )
    with local_history(workspace) as store:
        clock = clock_of(workspace, store)
        target = target_of(workspace, clock)
        known = await situation(workspace, target, store)
        plan = assess(workspace, selection, known, clock.now()).plan
        foreign = await _brought_by_others(workspace, plan)
        if foreign is not None:
            from tierline.conductor.foreign import seeing

            target = seeing(workspace, local_folders(workspace), clock.now, foreign)
            known = await situation(workspace, target, store)
            plan = assess(workspace, selection, known, clock.now()).plan
        reporter, opened = progress()
        with opened:
            access = workspace.policy.access
            environment = workspace.environment
            asked = access.sources, access.bus
            world = World(environment, store, target, clock, reporter, *asked)
            state = await verify(world, plan)
    left = await _left(workspace, foreign)
    report = build_report(state.plan, state)
    return print_report(replace(report, rollout_id="", follow_up=left), form)


async def _brought_by_others(workspace: Workspace, plan: Plan) -> Foreign | None:
    """What of the plan another tool has rolled out; None where nothing is, or could be."""
    if workspace.policy.target != "kubernetes":
        return None
    from tierline.conductor.foreign import brought_by_others

    found = await brought_by_others(workspace, plan)
    return found if found.services else None


async def _left(workspace: Workspace, foreign: Foreign | None) -> tuple[FollowUp, ...]:
    """What people may want to know beside the verdict: who else rolls out there, and orphans."""
    from tierline.conductor.differing import orphans
    from tierline.report.follow_up import of_brought, of_orphans

    namespace = workspace.policy.namespace
    return (
        *of_brought(foreign.managers if foreign else {}, namespace),
        *of_orphans(await orphans(workspace), namespace),
    )
