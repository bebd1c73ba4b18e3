"""A real Prometheus, and a demo mesh of which a service is scraped instead of sending metrics."""

from __future__ import annotations

import subprocess
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from e2e.rollout.field import Field
from started_by_hand import free_ports

KIT = "mesh/platform/python/meshkit"
SERVED = """
    def _serve_metrics(self):
        from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

        from meshkit.telemetry import resource_attributes

        told = resource_attributes(self.id)
        labels = ",".join(f'{name.replace(".", "_")}="{told[name]}"' for name in sorted(told))

        class Page(BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response_only(200)
                self.end_headers()
                self.wfile.write(("target_info{%s} 1\\n" % labels).encode())

            def log_message(self, *args):
                pass

        server = ThreadingHTTPServer(("127.0.0.1", PORT), Page)
        threading.Thread(target=server.serve_forever, daemon=True).start()

    def consume("""
"""added to the kit: a page of metrics as a service shows them to whoever scrapes it"""


def scraped(field: Field, port: int) -> None:
    """The one service of the field that is started sends no metrics; it serves them on `port`."""
    kit = field.folder / KIT
    _edit(kit / "telemetry.py", 'self._post(client, "metrics", self._metrics())', "pass")
    service = kit / "service.py"
    _edit(service, "\n    def consume(", SERVED.replace("PORT", str(port)))
    first = '        """Answer requests until SIGTERM."""\n'
    _edit(service, first, first + "        self._serve_metrics()\n")


def _edit(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text, (file, old)
    file.write_text(text.replace(old, new, 1))


@dataclass
class Prometheus:
    """One that may be ended and started again over what it has stored."""

    base: Path
    port: int
    scrapes: int
    """the port of what it scrapes"""
    process: subprocess.Popen[bytes] | None = None

    @classmethod
    def make(cls, base: Path) -> Prometheus:
        """Not started yet; its files lie in `base`."""
        own, scrapes = free_ports(2)
        return cls(base, own, scrapes)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, *, scraping: bool) -> None:
        """Returns when it answers."""
        target = f"127.0.0.1:{self.scrapes}"
        jobs = f"scrape_configs: [{{job_name: mesh, static_configs: [{{targets: ['{target}']}}]}}]"
        config = self.base / "prometheus.yml"
        config.write_text(
            "global: {scrape_interval: 500ms, scrape_timeout: 400ms}\n" + (jobs if scraping else "")
        )
        self.process = subprocess.Popen(
            [
                "prometheus",
                f"--config.file={config}",
                f"--storage.tsdb.path={self.base / 'tsdb'}",
                f"--web.listen-address=127.0.0.1:{self.port}",
                "--log.level=error",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until = time.monotonic() + 30
        while not self._ready():
            assert time.monotonic() < until, "prometheus does not answer"
            time.sleep(0.1)

    def stop(self) -> None:
        """End it; what it stored stays."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(20)
            self.process = None

    def _ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/-/ready", timeout=2) as answer:  # noqa: S310 - our own address
                return answer.status == 200
        except (urllib.error.URLError, OSError):
            return False
