"""Debian's Prometheus in a bed: it scrapes what it is told of, and takes samples that are sent.

Debian's knows no discovery by the Kubernetes API: addresses are told by files that it watches.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import yaml

from beds import processes
from beds.failure import CannotHostError
from beds.kube.control_plane import SECONDS, ControlPlane
from beds.places import free_ports

_TARGETS = "scraped"


def program() -> str:
    """The program; an error where it is not installed."""
    found = shutil.which("prometheus")
    if found is None:
        raise CannotHostError("no prometheus: install the Debian package prometheus")
    return found


def start(plane: ControlPlane) -> str:
    """Start it and wait until it answers; its URL."""
    port = free_ports(1)[0] if plane.seat.shared else 9090
    address = f"{plane.seat.address}:{port}"
    configuration = plane.bed / "prometheus.yaml"
    configuration.write_text(yaml.safe_dump(_configuration(plane.bed)))
    argv = [
        *plane.seat.within,
        program(),
        f"--config.file={configuration}",
        f"--storage.tsdb.path={plane.bed / 'prometheus'}",
        f"--web.listen-address={address}",
        "--web.enable-remote-write-receiver",
        "--log.level=warn",
    ]
    processes.start(plane.bed, "prometheus", argv)
    processes.wait_until(plane.bed, lambda: _is_ready(address), "Prometheus", SECONDS)
    return f"http://{address}"


def scrape(bed: Path, name: str, addresses: Iterable[str], labels: Mapping[str, str]) -> None:
    """Tell the bed's Prometheus what to scrape from now on under a name; none, to stop it."""
    file = bed / _TARGETS / f"{name}.json"
    unfinished = file.with_suffix(".new")
    unfinished.write_text(json.dumps([{"targets": list(addresses), "labels": dict(labels)}]))
    unfinished.replace(file)


def _configuration(bed: Path) -> dict[str, Any]:
    (bed / _TARGETS).mkdir()
    files = [{"files": [f"{bed / _TARGETS}/*.json"], "refresh_interval": "5s"}]
    return {
        "global": {"scrape_interval": "1s", "scrape_timeout": "1s"},
        "scrape_configs": [{"job_name": "told", "file_sd_configs": files}],
    }


def _is_ready(address: str) -> bool:
    try:
        with urlopen(f"http://{address}/-/ready", timeout=1) as answer:
            return answer.status == 200
    except (URLError, ConnectionError, TimeoutError):
        return False
