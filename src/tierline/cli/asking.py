"""Passes a person's command to whoever conducts; where nobody does, carries it out itself."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from tierline.cli.session import clock_of, holder, local_store, target_of, user
from tierline.cli.which import which_open
from tierline.conductor.carry_out import abort, hold
from tierline.conductor.reporter import Reporter
from tierline.conductor.world import World
from tierline.errors import PermanentError
from tierline.rollout.blocked import called
from tierline.rollout.events import Command, CommandAccepted, RolloutEnded
from tierline.rollout.state import Status
from tierline.store.protocol import Asked
from tierline.targets.protocol import LeaseHeld

if TYPE_CHECKING:
    from tierline.conductor.workspace import Workspace
    from tierline.store.protocol import Store

_PATIENCE = 5.0
"""seconds that a conductor has to take a command up"""
_GLANCE = 0.02

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
            target = target_of(workspace, clock)
            world = World(workspace.environment, store, target, clock, Reporter())
            try:
                asyncio.run(act(world, holder(workspace, str(command)), state.rollout, asked))
            except LeaseHeld as held:
                heard(held, asked)
            else:
                return _DONE[command].format(state.rollout, workspace.environment)
        return hand_over(store, workspace.environment, asked)


def heard(held: LeaseHeld, asked: Asked) -> None:
    """PermanentError where the holder of the lease conducts nothing: nobody would obey."""
    if held.hears:
        return
    raise PermanentError(
        f"{held.holder} has the lease of this environment and takes no commands; "
        f"{asked.rollout} was not asked to {asked.command}",
        code=held.code,
        fix=held.fix,
    ) from held


def hand_over(store: Store, environment: str, asked: Asked) -> str:
    """Leave a command for whoever conducts, and see it taken up; returns what came of it, in words."""
    head, number = store.head(environment), store.ask(environment, asked)
    began = time.monotonic()
    while time.monotonic() - began < _PATIENCE:
        for row in store.read(environment, asked.rollout, after=head):
            head = row.seq
            match row.event:
                case CommandAccepted(command_id=taken) if taken == number:
                    return f"{asked.rollout} {_taken_up(row.event, asked.passes)}"
                case RolloutEnded(ending=ending):
                    return f"{asked.rollout} is {ending}: it ended before it could {asked.command}"
                case _:
                    pass
        time.sleep(_GLANCE)
    return (
        f"{asked.rollout}: asked its conductor to {asked.command}, which has not answered for "
        f"{_PATIENCE:g} s; whoever conducts it next will obey; see tierline status"
    )


def _taken_up(event: CommandAccepted, seen: str) -> str:
    match event.command:
        case Command.HOLD:
            return "holds: nothing new starts, what is on its way is seen through"
        case Command.ABORT:
            return "ends: what runs goes on running"
        case _ if event.passes:
            return f"goes on past the checkpoint after {called(event.passes)}"
        case _ if seen:
            return (
                f"no longer waits at the checkpoint after {called(seen)}, and passed none; "
                f"see tierline status"
            )
        case _:
            return "goes on"
