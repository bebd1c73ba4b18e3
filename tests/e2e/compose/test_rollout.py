"""The demo mesh on a real engine: GO, each way of breaking a service told apart, going on after kill -9.

One release is shared: a break concerns one service and its dependents, and what is well stays.
"""

from __future__ import annotations

import json
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from docker_bed import Engine
from e2e.compose.released import Released, made
from e2e.rollout.field import dependents, states
from tierline.scaffold.breaks import MODES, break_service
from tierline.scaffold.demo import write_demo

BROKEN = "M08-Payments-Ledger-Service"
REASONS = {
    "build": "SyntaxError",
    "boot": "cannot start",
    "config": "cannot start",
    "health": "/healthz answers 500",
    "dependency": "M01-Authentication-Service",
    "telemetry": "no traces",
    "slow": "not healthy after",
    "exit": "exits at once with code 0",
    "port": "told",
    "flap": "flaps",
}

pytestmark = pytest.mark.required("git")


@pytest.fixture(scope="module")
def released(docker_engine: Engine) -> Iterator[Released]:
    """The demo mesh, released by a conductor that was killed on the way and by its successor."""
    base = Path(tempfile.mkdtemp(prefix="tc-"))
    field = made(base, docker_engine)
    write_demo(field.folder)
    first = field.start("rollout", "--yes")
    deadline = time.monotonic() + 120
    while not field.containers() and time.monotonic() < deadline:
        time.sleep(0.1)
    first.send_signal(signal.SIGKILL)
    first.communicate()
    begun = field.containers()
    code, report = field.rollout()
    assert (code, report["decision"], set(states(report).values())) == (0, "GO", {"verified"})
    assert begun
    assert set(begun) <= set(field.containers()), "what ran was started again"
    yield field
    assert field.run("down", "--yes").returncode == 0
    assert field.containers() == []
    shutil.rmtree(base, ignore_errors=True)


def test_the_same_again_restarts_nothing(released: Released) -> None:
    before = released.containers()
    code, report = released.rollout()
    assert (code, set(states(report).values())) == (0, {"unchanged"})
    assert released.containers() == before


@pytest.mark.parametrize("mode", MODES)
def test_a_broken_service_holds_exactly_its_dependents(released: Released, mode: str) -> None:
    break_service(released.folder, BROKEN, mode)
    try:
        plan = json.loads(released.run("plan", "--format", "json").stdout)
        code, report = released.rollout("--supersedes", "latest")
    finally:
        released.revert()
    found = states(report)
    broken = next(s for s in report["services"] if s["service_id"] == BROKEN)
    assert (code, broken["state"]) == (4, "failed")
    assert REASONS[mode] in broken["reason"]
    held = {name for name, state in found.items() if state == "held"}
    assert held == dependents(plan, BROKEN)


def test_answers_are_held_against_what_the_service_promises(released: Released) -> None:
    file = next((released.folder / "mesh/contracts/openapi").glob("M08-*"))
    code = next(released.folder.rglob("M08-*/internal/app/bootstrap/__init__.py"))
    promised, written = file.read_text(), code.read_text()
    document = yaml.safe_load(promised)
    for path in document["paths"].values():
        answer = path.get("get", {}).get("responses", {}).get("200", {})
        answer["content"] = {"application/json": {"schema": {"type": "string"}}}
    file.write_text(yaml.safe_dump(document, sort_keys=False))
    code.write_text(f"{written}# again\n")
    try:
        status, report = released.rollout("--supersedes", "latest")
    finally:
        file.write_text(promised)
        code.write_text(written)
    broken = next(s for s in report["services"] if s["service_id"] == BROKEN)
    assert (status, broken["state"], broken["code"]) == (4, "failed", "boundary/broken"), broken


def test_what_reaches_for_the_host_is_not_started(released: Released) -> None:
    file = next(released.folder.rglob("M06-*/deploy/compose/service.compose.yaml"))
    text = file.read_text()
    image = "    image: demo-mesh/audit-log-service:1.0.0\n"
    file.write_text(text.replace(image, f"{image}    privileged: true\n", 1))
    try:
        done = released.run("rollout", "M06", "--yes", "--supersedes", "latest")
    finally:
        file.write_text(text)
    assert done.returncode in {3, 4}, done.stderr
    assert "compose/rights" in done.stdout + done.stderr


def test_containers_are_told(released: Released) -> None:
    status = json.loads(released.run("status", "--format", "json").stdout)
    assert len(status["instances"]) >= 14
    assert "started M01-Authentication-Service" in released.run("logs", "M01").stdout


CACHE = """\
services:
  cache:
    image: redis:7
    healthcheck: {test: ["CMD-SHELL", "%s"], interval: 200ms, retries: 2}
    networks: [mesh]
"""


def test_infrastructure_that_is_not_well_is_named(released: Released) -> None:
    """A cache that does not run, then one whose health check fails, then one that is well."""
    base = next(released.folder.rglob("docker-compose.base.yaml"))
    own = next(released.folder.rglob("M06-*/deploy/compose/service.compose.yaml"))
    program = next(released.folder.rglob("M06-*/cmd/api/main.py"))
    texts = {file: file.read_text() for file in (base, own, program)}
    program.write_text(f"{texts[program]}# another revision\n")
    named = "    environment:\n      CACHE_URL: redis://cache:6379\n"
    assert "    environment:\n" in texts[own]
    own.write_text(texts[own].replace("    environment:\n", named, 1))
    try:
        base.write_text(texts[base] + CACHE % "true")
        assert "cache does not run" in reason_of(released, 4)
        base.write_text(texts[base] + CACHE % "echo out of memory; exit 1")
        compose(released, base, "up", "--detach", "cache")
        told = reason_of(released, 4)
        assert "cache is unhealthy by its own health check: out of memory" in told
        base.write_text(texts[base] + CACHE % "redis-cli ping")
        compose(released, base, "up", "--detach", "cache")
        reason_of(released, 0)
    finally:
        compose(released, base, "rm", "--stop", "--force", "cache")
        for file, text in texts.items():
            file.write_text(text)


def reason_of(released: Released, code: int) -> str:
    """What a rollout of M06 that ends so says of it."""
    ended, report = released.rollout("M06", "--supersedes", "latest")
    assert ended == code, report
    (service,) = report["services"]
    return service["reason"]


def compose(released: Released, file: Path, *words: str) -> None:
    """Have Compose do something in the environment's project, as its people would."""
    assert released.engine is not None
    label = '{{.Label "com.docker.compose.project"}}'
    project = released.engine.docker("ps", "--format", label).split()[0]
    released.engine.docker("compose", "-p", project, "-f", str(file), *words)
