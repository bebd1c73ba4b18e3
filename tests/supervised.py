"""A real supervisor in folders of its own, for scenarios with real processes."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tierline.facts.observation import Instance, Lost, Phase, Seen, Synced
from tierline.targets.host.process import look
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
                    if not isinstance(observation, Seen) or observation.service_id != service_id:
                        continue
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
async def living(world: World) -> AsyncGenerator[World]:
    try:
        yield world
    finally:
        await world.client.shutdown(stop_services=True, stop_seconds=0.5)


Scenario = Callable[[World], Awaitable[None]]
Play = Callable[[Scenario], None]


def gone(pid: str) -> bool:
    """Whether a process is dead, reaped or not."""
    found = look(int(pid))
    return found is None or found.dead


def shows(workload: str = "api", *ports: int) -> Callable[[Seen], bool]:
    """Whether the workload listens on these ports, or on any if none is named."""

    def holds(seen: Seen) -> bool:
        open_ports = [i.listening for i in seen.instances if i.workload == workload]
        return any(found == ports if ports else bool(found) for found in open_ports)

    return holds
