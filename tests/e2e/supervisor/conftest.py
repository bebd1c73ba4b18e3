"""A real supervisor in folders of its own, ended with all that it holds after each test."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tierline.facts.observation import Instance, Lost, Phase, Seen, Synced
from tierline.supervisor.process import born_at, look
from tierline.targets.local.client import Client
from tierline.targets.local.messages import Launch, Status, Workload
from tierline.targets.protocol import Holder

PATIENCE = 10.0


@dataclass
class World:
    """One environment. `me` may hold its lease."""

    client: Client
    state: Path
    runtime: Path
    work: Path
    me: Holder

    def workload(self, script: str, name: str = "api", **ports: int) -> Workload:
        return Workload(name, ("sh", "-c", script), str(self.work), ports=ports)

    def python(self, script: str, name: str = "api", **ports: int) -> Workload:
        argv = (sys.executable, "-u", "-c", script)
        return Workload(name, argv, str(self.work), ports=ports)

    def launch(
        self, *workloads: Workload, key: str = "r1/M01/apply/1", fence: int = 1, stop: float = 2.0
    ) -> Launch:
        return Launch("M01", "rev1", key, fence, workloads, stop)

    async def seen(self, until: Callable[[Seen], bool], service_id: str = "M01") -> Seen:
        """The first observation of the service for which this holds; TimeoutError after a while."""

        async def first() -> Seen:
            observing = self.client.observe()
            try:
                async for observation in observing:
                    if isinstance(observation, Seen) and observation.service_id == service_id:
                        if until(observation):
                            return observation
            finally:
                await observing.aclose()
            raise AssertionError("the stream ended")

        return await asyncio.wait_for(first(), PATIENCE)

    async def all_seen(self) -> dict[str, Seen]:
        """What there is now."""
        found: dict[str, Seen] = {}
        observing = self.client.observe()
        try:
            async for observation in observing:
                match observation:
                    case Seen():
                        found[observation.service_id] = observation
                    case Synced():
                        assert observation.services == found.keys()
                        return found
                    case Lost():
                        found.clear()
        finally:
            await observing.aclose()
        raise AssertionError("the stream ended")

    async def exited(self, workload: str = "api") -> Instance:
        def over(seen: Seen) -> bool:
            return any(i.workload == workload and i.phase is Phase.EXITED for i in seen.instances)

        seen = await self.seen(over)
        return next(i for i in seen.instances if i.workload == workload)

    async def kill(self) -> Status:
        """SIGKILL for the supervisor; returns how it was."""
        status = await self.client.status()
        os.kill(status.pid, signal.SIGKILL)
        while await self.client.lives():
            await asyncio.sleep(0.01)
        return status

    def lines(self, name: str) -> list[str]:
        path = self.work / name
        return path.read_text().splitlines() if path.exists() else []

    async def file(self, name: str) -> list[str]:
        """Its lines, as soon as there is one."""
        await eventually(lambda: bool(self.lines(name)))
        return self.lines(name)


async def eventually(holds: Callable[[], bool | Awaitable[bool]]) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        now = holds()
        if now if isinstance(now, bool) else await now:
            return
        assert time.monotonic() < deadline, "it never became true"
        await asyncio.sleep(0.01)


@asynccontextmanager
async def living(world: World) -> AsyncIterator[World]:
    try:
        yield world
    finally:
        await world.client.shutdown(stop_services=True, stop_seconds=0.5)


Scenario = Callable[[World], Awaitable[None]]


@pytest.fixture
def world(tmp_path: Path) -> World:
    state, runtime, work = tmp_path / "state", tmp_path / "run", tmp_path / "work"
    work.mkdir()
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    this = look(os.getpid())
    assert this is not None
    me = Holder("me", socket.gethostname(), boot, this.pid, born_at(this))
    return World(Client(state, runtime), state, runtime, work, me)


@pytest.fixture
def play(world: World) -> Callable[[Scenario], None]:
    """Run a scenario, and end everything whatever happens."""

    async def whole(scenario: Scenario) -> None:
        async with living(world):
            await asyncio.wait_for(scenario(world), 60)

    return lambda scenario: asyncio.run(whole(scenario))


@pytest.fixture
def until() -> Callable[[Callable[[], bool | Awaitable[bool]]], Awaitable[None]]:
    return eventually


@pytest.fixture
def gone() -> Callable[[str], bool]:
    """Whether a process is dead, reaped or not."""

    def dead(pid: str) -> bool:
        found = look(int(pid))
        return found is None or found.dead

    return dead


@pytest.fixture
def foreign_port() -> Iterator[int]:
    """A port on which this very process listens."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        sock.listen()
        yield sock.getsockname()[1]
