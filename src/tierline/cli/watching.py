"""What `watch` does between its arguments and its exit code."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tierline.cli import output
from tierline.cli.conducting import View, conducted
from tierline.cli.session import holder, local_store
from tierline.cli.watch_progress import watch_progress
from tierline.conductor.issues import known_issues
from tierline.conductor.watch import watch
from tierline.errors import PermanentError
from tierline.report.watch_document import watch_json
from tierline.report.watch_text import watch_markdown, watch_text
from tierline.report.watching import headline, watch_report

if TYPE_CHECKING:
    from tierline.cli.conducting import OnStart
    from tierline.conductor.workspace import Workspace
    from tierline.conductor.world import World
    from tierline.ledger.model import Issue
    from tierline.rollout.state import State
    from tierline.store.protocol import Store

LEFT = "what runs goes on running; tierline watch begins again"


async def watch_release(workspace: Workspace, seconds: float | None, form: str) -> int:
    """Watch the newest rollout, report, and return the exit code."""
    with local_store(workspace) as store:
        state = await watch_on(workspace, store, seconds)
        return show_watch(state, known_issues(store, workspace.environment), form)


async def watch_on(workspace: Workspace, store: Store, seconds: float | None) -> State:
    """Watch the newest rollout for so long, else as long as the policy says; its state after that."""
    limits = workspace.policy.watching
    if seconds is not None:
        limits = replace(limits, watch_seconds=seconds)

    async def work(world: World, started: OnStart) -> State:
        return await watch(world, holder(workspace, "watch"), limits, started)

    reporter, opened = watch_progress()
    return await conducted(workspace, store, work, View(reporter, opened, LEFT))


def show_watch(state: State, issues: tuple[Issue, ...], form: str) -> int:
    """Print the report of the newest watch; returns the exit code of its decision."""
    if state.watch is None:
        raise PermanentError(
            f"{state.rollout} was not watched", code="journal/damaged", fix="tierline watch"
        )
    report = watch_report(state, state.watch, issues)
    if form == "json":
        output.document(watch_json(report))
    elif form == "md":
        output.document(watch_markdown(report))
    else:
        text = watch_text(report, output.width())
        output.report(text, report.decision, headline(report))
    return output.EXIT[report.decision]
