"""Starts services of a mesh by hand, and receives what they tell; nothing of tierline runs."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen


def free_ports(count: int) -> list[int]:
    """Ports that were free together a moment ago."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


@dataclass
class Receiver:
    """An OTLP/HTTP receiver: (service.name, logs|metrics|traces) -> resources that came."""

    address: str
    got: dict[tuple[str, str], list[dict[str, str]]] = field(default_factory=dict)

    def wait(self, service: str, kind: str, seconds: float = 10) -> dict[str, str]:
        """The attributes of the resource that sent such a signal first."""
        until = time.monotonic() + seconds
        while (service, kind) not in self.got:
            assert time.monotonic() < until, f"no {kind} of {service} within {seconds} s"
            time.sleep(0.02)
        return self.got[service, kind][0]


@contextlib.contextmanager
def receiver() -> Generator[Receiver]:
    """A receiver on a free port, as long as the block lasts."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            document = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            for group in next(iter(document.values())):
                pairs = group["resource"]["attributes"]
                resource = {pair["key"]: pair["value"]["stringValue"] for pair in pairs}
                key = (resource["service.name"], self.path.removeprefix("/v1/"))
                came.got.setdefault(key, []).append(resource)
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
            """Keep the test's output clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    came = Receiver(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield came
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class Running:
    """A process of a service and where it was told to listen."""

    process: subprocess.Popen[bytes]
    port: int
    data: Path
    output: Path

    def call(self, method: str, path: str, body: object = None, token: str = "") -> tuple[int, Any]:
        """(status, decoded body); OSError where nobody answers."""
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
        data = None if body is None else json.dumps(body).encode()
        asked = Request(f"http://127.0.0.1:{self.port}{path}", data, headers, method=method)
        try:
            with urlopen(asked, timeout=5) as response:  # noqa: S310 - our own address
                return response.status, json.load(response)
        except HTTPError as error:
            with error:
                return error.code, json.load(error)

    def wait(self, seconds: float = 10) -> int:
        """The status of /healthz as soon as there is one."""
        until = time.monotonic() + seconds
        while True:
            assert self.process.poll() is None, self.output.read_text()
            try:
                return self.call("GET", "/healthz")[0]
            except OSError:
                assert time.monotonic() < until, self.output.read_text()
                time.sleep(0.02)


@dataclass
class Field:
    """Runs services with ports, data folders and telemetry of its own."""

    folder: Path
    otlp: str
    running: list[Running] = field(default_factory=list)

    def start(
        self, argv: Sequence[str], home: Path, workload: str, told: Mapping[str, str]
    ) -> Running:
        """Start a workload in the service's folder; it has not booted yet."""
        http, grpc = free_ports(2)
        data = self.folder / f"{home.name}.data"
        output = self.folder / f"{home.name}.{workload}.out"
        ports = {"HTTP_PORT": http, "GRPC_PORT": grpc, "WORKER_HTTP_PORT": http}
        environment = {
            "PATH": os.environ["PATH"],
            "DATA_DIR": str(data),
            "OTEL_EXPORTER_OTLP_ENDPOINT": self.otlp,
            "OTEL_METRIC_EXPORT_INTERVAL": "200",
            "OTEL_RESOURCE_ATTRIBUTES": f"service.version=rev%201,service.instance.id={workload}",
            "PYTHONDONTWRITEBYTECODE": "1",
            **{name: str(port) for name, port in ports.items()},
            **told,
        }
        with output.open("wb") as file:
            process = subprocess.Popen(
                argv, cwd=home, env=environment, stdout=file, stderr=subprocess.STDOUT
            )
        self.running.append(Running(process, http, data, output))
        return self.running[-1]

    def stop(self) -> list[int]:
        """End everything by SIGTERM; exit codes in the order of starts."""
        for one in self.running:
            if one.process.poll() is None:
                one.process.send_signal(signal.SIGTERM)
        codes = [one.process.wait(timeout=5) for one in self.running]
        self.running.clear()
        return codes


@contextlib.contextmanager
def field_of(folder: Path, otlp: str) -> Generator[Field]:
    """A field whose processes end with the block, whatever happens in it."""
    made = Field(folder, otlp)
    try:
        yield made
    finally:
        for one in made.running:
            one.process.kill()
            one.process.wait()
