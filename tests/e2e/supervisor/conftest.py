"""A real supervisor for each test, ended with all that it holds."""

from __future__ import annotations

import asyncio
import os
import socket
from pathlib import Path

import pytest

from supervised import Play, Scenario, World, living
from tierline.targets.host.process import boot_id, look
from tierline.targets.local.client import Client
from tierline.targets.protocol import Holder


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Folders of its own; nothing lives there yet."""
    state, runtime, work = tmp_path / "state", tmp_path / "run", tmp_path / "work"
    work.mkdir()
    this = look(os.getpid())
    assert this is not None
    me = Holder("me", socket.gethostname(), boot_id(), this.pid, this.started)
    return World(Client(state, runtime), state, runtime, work, me)


@pytest.fixture
def play(world: World) -> Play:
    """Run a scenario, and end everything whatever happens."""

    async def whole(scenario: Scenario) -> None:
        async with living(world):
            await asyncio.wait_for(scenario(world), 60)

    return lambda scenario: asyncio.run(whole(scenario))
