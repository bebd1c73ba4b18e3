"""Passes a person's command to whoever conducts; where nobody does, carries it out itself."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from tierline.cli.session import clock_of, holder, local_store, local_target, user
from tierline.cli.which import which_open
from tierline.conductor.carry_out import abort, hold
from tierline.conductor.reporter import Reporter
from tierline.conductor.world import World
from tierline.rollout.events import Command
from tierline.rollout.state import Status
from tierline.store.protocol import Asked
from tierline.targets.protocol import LeaseHeld

if TYPE_CHECKING:
    from tierline.conductor.workspace import Workspace

_DONE = {
    Command.HOLD: "{0} is held; tierline resume goes on",
    Command.ABORT: "{0} is aborted; {1} is free",
}


def ask_conductor(workspace: Workspace, rollout: str | None, command: Command, reason: str) -> str:
    """Hold or abort a rollout; returns what was done, in words."""
    with local_store(workspace) as store:
        state = which_open(store, workspace.environment, rollout)
        asked = Asked(0, state.rollout, command, user(), reason, time.time())
        if state.status is Status.HELD and command is Command.HOLD:
            return f"{state.rollout} is held already: {state.reason}"
        act = {Command.HOLD: hold, Command.ABORT: abort}.get(command)
        if act is not None:
            clock = clock_of(workspace, store)
            target = local_target(workspace, clock)
            world = World(workspace.environment, store, target, clock, Reporter())
            try:
                asyncio.run(act(world, holder(workspace, str(command)), state.rollout, asked))
            except LeaseHeld:
                pass
            else:
                return _DONE[command].format(state.rollout, workspace.environment)
        store.ask(workspace.environment, asked)
        return f"{state.rollout}: asked its conductor to {command}; see tierline status"
