"""Runs a conductor for a command: progress, signals, and the report at the end."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager, suppress
from typing import TYPE_CHECKING, NamedTuple, Protocol

from tierline.cli import output
from tierline.cli.progress import progress
from tierline.cli.session import clock_of, target_of
from tierline.conductor.world import World
from tierline.report.build import build_report
from tierline.report.document import to_json
from tierline.report.markdown import to_markdown
from tierline.report.text import to_text
from tierline.report.words import headline

if TYPE_CHECKING:
    from tierline.conductor.reporter import Reporter
    from tierline.conductor.workspace import Workspace
    from tierline.ledger.model import Issue
    from tierline.report.model import Report
    from tierline.rollout.state import State
    from tierline.store.protocol import Store

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""each asks to hold, unless whoever started us has it ignored (as nohup has)"""

LEFT = "what runs goes on running; tierline resume goes on with the rollout"


class Interruptible(Protocol):
    """What a first signal asks to come to an end of its own."""

    def interrupt(self, by: str) -> None: ...


OnStart = Callable[[Interruptible], None]
Work = Callable[[World, OnStart], Awaitable["State"]]


class View(NamedTuple):
    """Who is told of progress, what must be open meanwhile, and what to say if we leave at once."""

    reporter: Reporter
    opened: AbstractContextManager[object]
    left: str = LEFT


async def conducted(
    workspace: Workspace, store: Store, work: Work, view: View | None = None
) -> State:
    """Run `work` with progress on stderr; SIGINT ends it early, a second one leaves at once."""
    clock = clock_of(workspace, store)
    shown = view or View(*progress())
    target = target_of(workspace, clock)
    access = workspace.policy.access
    world = World(
        workspace.environment, store, target, clock, shown.reporter, access.sources, access.bus
    )
    with shown.opened:
        return await _interruptible(world, work, shown.left)


async def _interruptible(world: World, work: Work, left: str) -> State:
    loop, conductors = asyncio.get_running_loop(), list[Interruptible]()
    task = asyncio.ensure_future(work(world, conductors.append))
    pressed = 0

    def interrupt(name: str) -> None:
        nonlocal pressed
        pressed += 1
        if pressed == 1 and conductors:
            conductors[0].interrupt(name)
        else:
            task.cancel()

    heeded = [number for number in _SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]
    for number in heeded:
        loop.add_signal_handler(number, interrupt, number.name)
    try:
        return await task
    except asyncio.CancelledError:
        output.note(left)
        raise KeyboardInterrupt from None
    finally:
        for number in heeded:
            with suppress(ValueError):
                loop.remove_signal_handler(number)


def show_report(state: State, issues: tuple[Issue, ...], form: str) -> int:
    """Print the report of a rollout as it stands; returns the exit code."""
    return print_report(build_report(state.plan, state, issues), form)


def print_report(report: Report, form: str) -> int:
    """Print a report; returns the exit code of its decision."""
    if form == "json":
        output.document(to_json(report))
    elif form == "md":
        output.document(to_markdown(report))
    elif form == "html":
        from tierline.report.page.page import to_page

        output.document(to_page(report))
    else:
        text = to_text(report, output.width())
        output.report(text, report.decision, headline(report))
    return exit_code(report)


def exit_code(report: Report) -> int:
    """Of what a report says: that it went back, or may not, says more than that it is held."""
    if report.state == "rolled-back":
        return output.ROLLED_BACK
    if report.rollback_refused:
        return output.REFUSED_ROLLBACK
    return output.EXIT[report.decision]
