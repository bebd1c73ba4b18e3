"""One running workload of a service: configuration, owners, health, and a clean end.

    service = Service(HOME, "api", OWNERS)
    service.serve(build(service))

`OWNERS` maps the services whose data this one reads to the key of their address in
`dependencies`. `/healthz` says that this process works; `/readyz` asks every owner and names it.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time

from meshkit.config import Config, ConfigError
from meshkit.event_bus import Consumer, Publisher
from meshkit.http_client import Client, Unreachable
from meshkit.http_server import Server
from meshkit.telemetry import Telemetry


class Service:
    """What `build` and `handle` functions get: `config`, `owners`, `events`, `telemetry`."""

    def __init__(self, home, workload, owners=None):
        self.workload, self.id, self._clients = workload, os.path.basename(home), {}
        try:
            self._configure(home, owners or {})
        except ConfigError as error:
            sys.exit(f"{self.id} {workload} cannot start: {error}")
        self._mark_start()
        self._stop = threading.Event()
        signal.signal(signal.SIGTERM, lambda *_: self._stop.set())
        signal.signal(signal.SIGINT, lambda *_: self._stop.set())

    def _configure(self, home, owners):
        here = os.path.join("configs", "default.yaml")
        self.config = Config.load(here if os.path.exists(here) else os.path.join(home, here))
        self.id = self.config.text("service.id")
        self.timeout = self.config.number("runtime.request_timeout_ms") / 1000
        self.ports = self._ports()
        self.addresses = {owner: self.config.address(key) for owner, key in owners.items()}
        self.data = os.environ.get("DATA_DIR") or os.path.join(os.getcwd(), "data")
        endpoint = os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT") or self.config.get(
            "observability.otlp_endpoint", "127.0.0.1:4318"
        )
        interval = float(os.environ.get("OTEL_METRIC_EXPORT_INTERVAL") or 1000) / 1000
        self.telemetry = Telemetry(self.id, endpoint, interval)
        self.events = Publisher(self.config.address("event_bus_url"), self.id, self.telemetry)

    def _ports(self):
        if self.workload != "api":
            told = os.environ.get("WORKER_HTTP_PORT")
            return {"http": int(told)} if told else {}
        ports = {}
        for name in ("http", "grpc"):
            told = os.environ.get(f"{name.upper()}_PORT")
            ports[name] = int(told) if told else self.config.number(f"service.{name}_port")
        return ports

    def _mark_start(self):
        os.makedirs(self.data, exist_ok=True)
        line = f"{time.time():.3f} {self.id} {self.workload} pid={os.getpid()}\n"
        path = os.path.join(self.data, "starts.log")
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.write(descriptor, line.encode())
        os.close(descriptor)

    def owner(self, service_id):
        """A client for the owner of some data."""
        address = self.addresses[service_id]
        return self._clients.setdefault(address, Client(address, self.timeout))

    def serve(self, routes):
        """Answer requests until SIGTERM."""
        self._listen({**self._own_routes(), **routes})
        self._run(self._stop.wait)

    def consume(self, event_types, handle):
        """Hand every event of these types to `handle(event, span)` until SIGTERM."""
        bus = self.config.address("event_bus_url")
        path = os.path.join(self.data, self.workload + ".position")
        consumer = Consumer(bus, event_types, self.telemetry, path)
        self._listen(self._own_routes())

        def work():
            while not self._stop.is_set():
                consumer.step(handle, self._stop)

        self._run(work)

    def _own_routes(self):
        return {("GET", "/healthz"): self._healthz, ("GET", "/readyz"): self._readyz}

    def _listen(self, routes):
        host = os.environ.get("HTTP_HOST", "127.0.0.1")
        for name, port in self.ports.items():
            try:
                server = Server((host, port), routes, self.telemetry)
            except OSError as error:
                message = f"cannot listen on {host}:{port} ({name}): {error.strerror}"
                sys.exit(f"{self.id} {self.workload} cannot start: {message}")
            threading.Thread(target=server.serve_forever, name=name, daemon=True).start()

    def _run(self, work):
        print(f"started {self.id} {self.workload} pid={os.getpid()}", flush=True)
        span = self.telemetry.span(f"start {self.workload}")
        self.telemetry.log("INFO", f"{self.id} {self.workload} is up", span)
        self.telemetry.end(span)
        self.telemetry.start()
        work()
        self.telemetry.log("INFO", f"{self.id} {self.workload} ends")
        self.telemetry.close()

    def _healthz(self, request):
        return 200, {"status": "ok", "service": self.id, "workload": self.workload}

    def _readyz(self, request):
        answered = {owner: self._answers(owner, request.trace) for owner in sorted(self.addresses)}
        ready = all(answered.values())
        status = "ok" if ready else "unavailable"
        return (200 if ready else 503), {"status": status, "owners": answered}

    def _answers(self, owner, trace):
        try:
            status, _ = self.owner(owner).get("/healthz", trace)
        except Unreachable:
            return False
        return status == 200
