"""Checkpoints: a rollout stops after each tier until a person lets it go on, whoever died meanwhile."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Iterator

import pytest

from e2e.rollout.field import Field
from e2e.spoken import until

TIERS = {0: 2, 1: 6, 2: 14}
"""effective tier -> services of the demo up to it"""


@pytest.fixture
def begun() -> Iterator[list[subprocess.Popen[str]]]:
    """Processes in the background, ended whatever happens."""
    processes: list[subprocess.Popen[str]] = []
    yield processes
    for process in processes:
        process.kill()
        process.communicate()


def waits(tier: int) -> str:
    return f"waits at the checkpoint after tier {tier} ({TIERS[tier]} services verified)"


def test_a_rollout_stops_after_each_tier_and_a_dead_conductor_passes_nothing(
    demo: Field, begun: list[subprocess.Popen[str]]
) -> None:
    planned = demo.run("plan", "--checkpoint", "tier", "-o", "release.json")
    assert planned.returncode == 0, planned.stderr
    first = demo.start("rollout", "release.json", "--yes")
    begun.append(first)
    until(first, waits(0))
    first.send_signal(signal.SIGKILL)
    first.communicate()
    status = demo.run("status").stdout
    assert f"was interrupted, nobody conducts it; it {waits(0)}" in " ".join(status.split())
    again = demo.start("rollout", "release.json", "--yes", "--format", "json")
    begun.append(again)
    until(again, waits(0))
    assert len(demo.starts()) == TIERS[0]
    document = json.loads(demo.run("status", "--format", "json").stdout)
    assert (document["state"], document["checkpoint"]) == ("running", "t0")
    passed = demo.run("resume")
    assert (passed.returncode, passed.stdout) == (0, "")
    assert "goes on past the checkpoint after tier 0" in passed.stderr
    until(again, waits(1))
    again.send_signal(signal.SIGINT)
    out, _ = again.communicate(timeout=60)
    held = json.loads(out)
    assert (held["state"], held["checkpoint"], held["decision"]) == ("held", "t1", "HOLD")
    resumed = demo.run("resume", "--format", "json")
    assert (resumed.returncode, json.loads(resumed.stdout)["decision"]) == (0, "GO")
    assert set(demo.starts().values()) == {1}
