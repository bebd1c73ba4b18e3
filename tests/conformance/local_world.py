"""A mesh of tiny real programs on the local target, in folders of its own."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from conformance.services import Services
from made.plans import mesh_of, request_of
from tierline.evidence.revisions import revisions
from tierline.evidence.sources import Sources
from tierline.mesh.model import Config, Mesh, Port, Workload
from tierline.plan.build import build
from tierline.plan.model import Plan
from tierline.targets.local.client import Client
from tierline.targets.local.paths import Folders
from tierline.targets.local.target import LocalTarget, Site, down

PROGRAM = """
import json, os, sys, threading, time, urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
print("edition", EDITION, flush=True)
OWNER = os.environ.get("STEADY_HTTP_URL")

class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        body = b"{}"
        if self.path == "/readyz" and OWNER:
            try:
                urllib.request.urlopen(OWNER + "/healthz", timeout=1).close()
                reached = True
            except OSError:
                reached = False
            body = json.dumps({"owners": {"M01-Steady-Service": reached}}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *_):
        pass

def tell():
    attributes = [{"key": k, "value": {"stringValue": v}} for k, _, v in
                  (pair.partition("=") for pair in os.environ["OTEL_RESOURCE_ATTRIBUTES"].split(","))]
    line = {"timeUnixNano": str(time.time_ns()), "body": {"stringValue": "up"}}
    document = {"resourceLogs": [{"resource": {"attributes": attributes},
                                  "scopeLogs": [{"logRecords": [line]}]}]}
    request = urllib.request.Request(os.environ["OTEL_EXPORTER_OTLP_ENDPOINT"] + "/v1/logs",
        json.dumps(document).encode(), {"Content-Type": "application/json"})
    urllib.request.urlopen(request, timeout=5).close()

def serve():
    host = os.environ.get("HTTP_HOST", "127.0.0.1")
    server = ThreadingHTTPServer((host, int(os.environ["HTTP_PORT"])), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
"""
ENDS: dict[str, str] = {
    Services.STEADY: "serve(); tell(); time.sleep(600)",
    Services.SLOW: "time.sleep(0.5); serve(); time.sleep(600)",
    Services.MORTAL: "serve(); time.sleep(0.5); os._exit(3)",
    Services.QUITTER: "print('placeholder')",
    Services.TWOFOLD: "serve(); time.sleep(600)",
}
CONFIG = """\
service:
  id: NAME
  http_port: 8080
"""
SLOWS_CONFIG = (
    CONFIG
    + """\
dependencies:
  steady_http_url: http://steady:8080
"""
)


@dataclass(frozen=True, slots=True)
class LocalWorld:
    """The mesh in `root`, the environment in `folders`."""

    root: Path
    folders: Folders
    mesh: Mesh
    endings: Mapping[str, str] = field(default_factory=lambda: dict(ENDS))
    """service -> what its api does last"""
    configs: Mapping[str, str] = field(default_factory=dict[str, str])
    """service -> its configuration, where it is not CONFIG"""

    def target(self) -> LocalTarget:
        """A target as a new process would make it."""
        site = Site(self.root, "local", self.folders, {"PATH": os.environ["PATH"]})
        return LocalTarget(site, self.mesh, Sources(self.root, self.mesh))

    def plan(self, edition: int) -> Plan:
        """Write that edition of every service and plan it."""
        for name, service in self.mesh.services.items():
            for workload in service.workloads:
                ending = self.endings[name] if workload.name == "api" else "time.sleep(600)"
                text = PROGRAM.replace("EDITION", str(edition)) + ending + "\n"
                write(self.root / service.path / workload.entry, text)
            text = self.configs.get(name, CONFIG).replace("NAME", name)
            write(self.root / service.path / "configs/default.yaml", text)
        found = revisions(self.root, self.mesh, self.mesh.services)
        return build(request_of(self.mesh, revisions=found))

    async def kill_supervisor(self) -> None:
        """As kill -9 would."""
        status = await Client(self.folders.state, self.folders.runtime).status()
        os.kill(status.pid, signal.SIGKILL)


def made_mesh() -> Mesh:
    """The mesh of the suite's services."""
    owners: dict[str, tuple[str, ...]] = {name.value: () for name in Services}
    owners[Services.SLOW.value] = (Services.STEADY.value,)
    mesh = mesh_of(owners)
    api = Workload("api", "python", "cmd/api/main.py")
    worker = Workload("worker", "python", "cmd/worker/main.py")
    config = Config("", "", (Port("http", 8080),), {}, "", {})
    services = {
        name: replace(
            service,
            workloads=(api, worker) if name == Services.TWOFOLD else (api,),
            config=replace(config, service_id=name),
        )
        for name, service in mesh.services.items()
    }
    return replace(mesh, services=services)


@asynccontextmanager
async def local_world(
    folder: Path,
    endings: Mapping[str, str] | None = None,
    configs: Mapping[str, str] | None = None,
) -> AsyncGenerator[LocalWorld, None]:
    """A world in an empty folder, with some services changed; all of it is ended at the end."""
    folders = Folders(folder / "run", folder / "state", folder / "cache")
    for place in (folders.runtime, folders.state, folders.cache):
        place.mkdir(mode=0o700)
    world = LocalWorld(
        folder / "mesh",
        folders,
        made_mesh(),
        {**ENDS, **(endings or {})},
        {Services.SLOW: SLOWS_CONFIG, **(configs or {})},
    )
    try:
        yield world
    finally:
        async with asyncio.timeout(20):
            await down(folders)


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
