"""What `rollback` does between its arguments and its exit code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tierline.cli import output
from tierline.cli.session import clock_of, holder, holds, local_store, target_of, user
from tierline.cli.which import which
from tierline.errors import UsageError
from tierline.frozen import frozen
from tierline.mesh.clean import clean
from tierline.rollout.events import Command, CommandAccepted

if TYPE_CHECKING:
    from tierline.conductor.carry_out import OnConductor
    from tierline.conductor.roll_back import Prospect
    from tierline.conductor.workspace import Workspace
    from tierline.conductor.world import World
    from tierline.rollout.state import State
    from tierline.store.protocol import Store


@frozen
class Asking:
    """The arguments of `rollback`."""

    rollout: str | None
    dry_run: bool
    blamed: tuple[str, ...]
    downtime: bool
    reason: str


async def roll_back_now(workspace: Workspace, asking: Asking, form: str) -> int:
    """Say what would go back, or do it and report; returns the exit code."""
    with local_store(workspace) as store:
        _, state = which(store, workspace.environment, asking.rollout)
        asked = CommandAccepted(
            0,
            Command.ROLLBACK,
            user(),
            asking.reason,
            blamed=tuple(_planned(state, name) for name in asking.blamed),
            downtime=asking.downtime,
        )
        found = await _prospect(workspace, store, state.rollout, asked)
        if asking.dry_run or _idle(state, found):
            return _show(found, form)
        return await _roll_back(workspace, store, state.rollout, asked, form)


def _idle(state: State, found: Prospect) -> bool:
    """Whether a rollout that is over would only be opened again to say that nothing may be done."""
    from tierline.rollout.state import Status

    return state.status is Status.COMPLETED and bool(found.decided.refusals)


async def _prospect(
    workspace: Workspace, store: Store, rollout: str, asked: CommandAccepted
) -> Prospect:
    from tierline.conductor.reporter import Reporter
    from tierline.conductor.roll_back import prospect
    from tierline.conductor.world import World

    clock = clock_of(workspace, store)
    world = World(workspace.environment, store, target_of(workspace, clock), clock, Reporter())
    return await prospect(world, rollout, asked, runs=await holds(workspace))


async def _roll_back(
    workspace: Workspace, store: Store, rollout: str, asked: CommandAccepted, form: str
) -> int:
    from tierline.cli.conducting import conducted, show_report
    from tierline.conductor.roll_back import roll_back

    async def work(world: World, started: OnConductor) -> State:
        return await roll_back(world, holder(workspace, "rollback"), rollout, asked, started)

    ended = await conducted(workspace, store, work)
    return show_report(ended, store.issues(workspace.environment), form)


def _show(found: Prospect, form: str) -> int:
    from tierline.report.rollback_prospect import to_json, to_markdown, to_text

    if form == "json":
        output.document(to_json(found.state, found.decided))
    elif form == "md":
        output.document(to_markdown(found.state, found.decided))
    else:
        output.show(to_text(found.state, found.decided, output.width()))
    return output.REFUSED_ROLLBACK if found.decided.refusals else 0


def _planned(state: State, name: str) -> str:
    """The full id of a planned service."""
    for service_id in state.index.services:
        if name in {service_id, service_id.partition("-")[0]}:
            return service_id
    raise UsageError(
        f"{clean(name)} is not part of {state.rollout}",
        code="usage/service",
        fix="name a service that it planned; tierline report shows them",
    )
