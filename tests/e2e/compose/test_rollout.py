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
