"""The suite's mesh of tiny programs as containers of a real engine, each built from its folder."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from conformance.local_world import CONFIG, ENDS, PROGRAM, made_mesh, write
from conformance.services import Services
from docker_bed import Engine
from made.plans import request_of
from tierline.evidence.revisions import revisions
from tierline.evidence.sources import Sources
from tierline.mesh.model import Mesh, Service
from tierline.mesh.names import slug
from tierline.plan.build import build
from tierline.plan.model import Plan
from tierline.targets.compose.site import Site
from tierline.targets.compose.target import ComposeTarget

DOCKERFILE = """\
FROM python:3.12-slim
COPY cmd /cmd
CMD ["python3", "-u", "/cmd/api/main.py"]
"""
BASE = "networks:\n  mesh: {}\n"


@dataclass(slots=True)
class Gate:
    """Stands before the engine's socket, so that open streams of events can be cut."""

    engine: Path
    socket: Path
    streams: set[asyncio.StreamWriter] = field(default_factory=set[asyncio.StreamWriter])
    tasks: set[asyncio.Task[None]] = field(default_factory=set[asyncio.Task[None]])
    closed: bool = False

    def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """A connection, passed on by a task of its own; closed even if that never begins."""
        if self.closed:
            writer.close()
            return
        task = asyncio.create_task(self._pass_on(reader, writer))
        self.tasks.add(task)
        task.add_done_callback(lambda done: (self.tasks.discard(done), writer.close()))

    async def close(self) -> None:
        """End what is still open."""
        self.closed = True
        tasks = tuple(self.tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Both ways, until the engine ends it."""
        behind, forward = await asyncio.open_unix_connection(str(self.engine))
        asking = asyncio.create_task(self._ask(reader, writer, forward))
        try:
            with suppress(OSError):
                while data := await behind.read(65536):
                    writer.write(data)
                    await writer.drain()
        finally:
            self.streams.discard(writer)
            asking.cancel()
            writer.close()
            forward.close()
            await asyncio.gather(
                asking, writer.wait_closed(), forward.wait_closed(), return_exceptions=True
            )

    async def _ask(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        forward: asyncio.StreamWriter,
    ) -> None:
        with suppress(OSError):
            while data := await reader.read(65536):
                if b"GET /events" in data:
                    self.streams.add(writer)
                forward.write(data)
                await forward.drain()
            forward.write_eof()

    async def cut(self) -> None:
        """End every stream of events that is open now."""
        for writer in tuple(self.streams):
            writer.transport.abort()
            await asyncio.sleep(0)


@dataclass(frozen=True, slots=True)
class ComposeWorld:
    """The mesh in `root`; a project of its own on the engine behind `gate`."""

    root: Path
    state: Path
    engine: Engine
    gate: Gate
    mesh: Mesh = field(default_factory=made_mesh)
    made: list[ComposeTarget] = field(default_factory=list[ComposeTarget])

    def target(self) -> ComposeTarget:
        """A target as a new process would make it."""
        site = Site(
            root=self.root,
            environment="local",
            project=slug(self.state.parent.name),
            socket=self.gate.socket,
            state=self.state,
            environ={**os.environ, **self.engine.environ},
        )
        self.made.append(ComposeTarget(site, self.mesh, Sources(self.root, self.mesh)))
        return self.made[-1]

    def plan(self, edition: int) -> Plan:
        """Write that edition of every service and plan it."""
        listing = ["services:"]
        for name, service in self.mesh.services.items():
            folder = self.root / service.path
            for workload in service.workloads:
                ending = ENDS[name] if workload.name == "api" else "time.sleep(600)"
                text = PROGRAM.replace("EDITION", str(edition)) + ending + "\n"
                write(folder / workload.entry, text)
            write(folder / "configs/default.yaml", CONFIG.replace("NAME", name))
            write(folder / "Dockerfile", DOCKERFILE)
            write(folder / "deploy/compose/service.compose.yaml", _composed(service))
            for part in _parts(service):
                file = f"../../{service.path}/deploy/compose/service.compose.yaml"
                listing += [f"  {part}:", "    extends:", f"      file: {file}"]
                listing += [f"      service: {part}"]
        folder = self.root / "environments/compose"
        write(folder / "docker-compose.base.yaml", BASE)
        write(folder / "docker-compose.services.yaml", "\n".join(listing) + "\n")
        found = revisions(self.root, self.mesh, self.mesh.services)
        return build(request_of(self.mesh, revisions=found))


@asynccontextmanager
async def compose_world(folder: Path, engine: Engine) -> AsyncGenerator[ComposeWorld]:
    """A world in an empty folder; its containers are removed at the end."""
    state = folder / "state"
    state.mkdir(mode=0o700)
    with tempfile.TemporaryDirectory(prefix="tg-") as short:
        gate = Gate(engine.socket, Path(short) / "docker.sock")
        server = await asyncio.start_unix_server(gate.take, str(gate.socket))
        world = ComposeWorld(folder / "mesh", state, engine, gate)
        try:
            yield world
        finally:
            for target in world.made:
                await target.close()
            await world.target().down()
            server.close()
            await gate.close()


def _parts(service: Service) -> list[str]:
    name = slug(service.service_id.partition("-")[2])
    return [name if one.name == "api" else f"{name}-{one.name}" for one in service.workloads]


def _composed(service: Service) -> str:
    own = _parts(service)[0]
    lines = ["services:"]
    for workload, part in zip(service.workloads, _parts(service), strict=True):
        lines += [f"  {part}:", "    build:", "      context: ../.."]
        lines += ["    environment:", '      HTTP_HOST: "0.0.0.0"']
        if part == own:
            lines += ['      HTTP_PORT: "8080"']
        if service.service_id == Services.SLOW:
            lines += ["      STEADY_HTTP_URL: http://steady-service:8080"]
        if part != own:
            lines += [f'    command: ["python3", "-u", "/{workload.entry}"]']
        lines += ["    networks:", "      - mesh"]
    return "\n".join([*lines, "networks:", "  mesh: {}"]) + "\n"
