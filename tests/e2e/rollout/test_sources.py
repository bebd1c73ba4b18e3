"""Metrics are asked of a real Prometheus: they pass, old ones do not, and without it nobody knows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from e2e.rollout.field import Field
from e2e.rollout.scraped import Prometheus, scraped

pytestmark = pytest.mark.required("git", "prometheus")

SETTINGS = "M11-Settings-Registry-Service"
CODE = "mesh/services/platform-ops/M11-settings-registry-service/internal/app/bootstrap/__init__.py"
POLICY = """
version = 1
requirements = {{ metrics = "required" }}

[environments.local]
kind = "local"

[environments.local.sources.metrics]
kind = "prometheus"
url = "{url}"
labels = {{ service = "service_name", instance = "service_instance_id" }}
every = 1
"""


@pytest.fixture
def prometheus(base: Path) -> Iterator[Prometheus]:
    one = Prometheus.make(base)
    yield one
    one.stop()


def told(report: dict[str, Any]) -> tuple[str, str, str]:
    """State, code and reason of the service."""
    (found,) = (one for one in report["services"] if one["service_id"] == SETTINGS)
    return found["state"], found["code"], found["reason"]


def over(report: dict[str, Any]) -> tuple[str, str]:
    """How the next rollout takes the place of one that is held."""
    return "--supersedes", report["rollout_id"]


def test_a_prometheus_says_whether_metrics_arrive(
    demo: Field, base: Path, prometheus: Prometheus
) -> None:
    scraped(demo, prometheus.scrapes)
    settings = demo.folder / "mesh/tierline.toml"
    settings.write_text(settings.read_text().replace("verify_seconds = 15", "verify_seconds = 8"))
    policy = base / "policy.toml"
    policy.write_text(POLICY.format(url=prometheus.url))
    with_policy = ("--policy", str(policy), "M11")

    prometheus.start(scraping=True)
    code, report = demo.rollout(*with_policy)
    assert (code, told(report)) == (0, ("verified", "", "")), report

    prometheus.stop()
    prometheus.start(scraping=False)
    done = demo.run("verify", "--format", "json", *with_policy)
    state, why, reason = told(json.loads(done.stdout))
    assert (done.returncode, state, why) == (4, "failed", "telemetry/missing")
    assert "they came only before this start" in reason

    bootstrap = demo.folder / CODE
    bootstrap.write_text(bootstrap.read_text() + "\n# another revision\n")
    code, report = demo.rollout(*with_policy)
    state, why, reason = told(report)
    assert (code, state, why) == (4, "failed", "telemetry/missing")
    assert "they came only from the previous instance" in reason

    prometheus.stop()
    code, report = demo.rollout(*with_policy, *over(report))
    state, why, reason = told(report)
    assert (code, state, why) == (4, "held", "telemetry/source")
    assert f"nobody can say whether metrics arrive: prometheus at {prometheus.url}: " in reason

    prometheus.start(scraping=True)
    code, report = demo.rollout(*with_policy, *over(report))
    assert (code, told(report)[0]) == (0, "verified"), report
