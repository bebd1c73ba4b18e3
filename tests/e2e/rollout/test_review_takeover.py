"""What goes on after a death is what really runs: services that were stopped meanwhile are no GO."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import pytest

from e2e.rollout.field import Field


def interrupted(field: Field) -> None:
    """A rollout whose conductor is killed when some services are verified, and some are not."""
    first = field.start("rollout", "--yes")
    try:
        deadline = time.monotonic() + 60.0
        while time.monotonic() < deadline and started(field) < 4:
            assert first.poll() is None, first.communicate()
            time.sleep(0.01)
        first.send_signal(signal.SIGSTOP)
        refused = field.run("down", "--yes")
        assert refused.returncode == 1
        assert "code: lease/held" in refused.stderr
    finally:
        first.send_signal(signal.SIGKILL)
        first.communicate(timeout=60)


def started(field: Field) -> int:
    """How many workloads left their mark so far; 0 while folders come and go."""
    try:
        return len(field.starts())
    except FileNotFoundError:
        return 0


@pytest.mark.required("go")
@pytest.mark.timeout(300)
def test_services_that_were_stopped_meanwhile_are_not_called_verified(go_mesh: Field) -> None:
    interrupted(go_mesh)
    assert go_mesh.run("down", "--yes").returncode == 0
    code, report = go_mesh.rollout()
    assert (code, report["decision"]) == (4, "HOLD")
    gone = [s for s in report["services"] if s["state"] == "failed"]
    assert gone
    assert all("vanished" in s["reason"] or "no instance" in s["reason"] for s in gone), gone
    resumed = go_mesh.run("resume", "--format", "json")
    assert resumed.returncode == 0, resumed.stderr


@pytest.mark.required("go")
@pytest.mark.timeout(300)
def test_sources_that_moved_meanwhile_are_not_built_under_the_old_plan(go_mesh: Field) -> None:
    planned = go_mesh.run("plan", "-o", "release.json")
    assert planned.returncode == 0, planned.stderr
    main = _some_main(go_mesh.folder)
    main.write_text(main.read_text() + "\n// edited after the review\n")
    refused = go_mesh.run("rollout", "release.json", "--yes")
    assert refused.returncode == 2
    assert "service tree" in refused.stderr
    assert not go_mesh.starts()


def _some_main(folder: Path) -> Path:
    return min(folder.glob("mesh/services/*/*/cmd/api/main.go"))
