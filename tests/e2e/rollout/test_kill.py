"""kill -9 of the conductor, the supervisor, or both, at any moment: the same command goes on."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from random import Random

import pytest

from e2e.rollout.conftest import copy_go_mesh
from e2e.rollout.field import Field, states

KILLS = int(os.environ.get("TIERLINE_KILLS", "20"))


@pytest.mark.required("go")
@pytest.mark.timeout(900)
def test_every_killed_rollout_ends_go_and_starts_nothing_twice(base: Path) -> None:
    random = Random(20260504)
    folder = base / "go"
    copy_go_mesh(folder)
    _timed(Field(folder, base / "cold"))
    whole = _timed(Field(folder, base / "warm"))
    for number in range(KILLS):
        field = Field(folder, base / f"k{number}")
        victim = ("conductor", "supervisor", "both")[number % 3]
        after = random.uniform(0.05, whole)
        try:
            _killed(field, victim, after)
        finally:
            field.down()


def _timed(field: Field) -> float:
    """Seconds of a whole rollout; the first one also builds."""
    began = time.monotonic()
    assert field.rollout()[0] == 0
    ended = time.monotonic()
    field.down()
    return ended - began


def _killed(field: Field, victim: str, after: float) -> None:
    told = f"{victim} killed after {after:.2f} s"
    first = field.start("rollout", "--yes")
    deadline = time.monotonic() + after
    while time.monotonic() < deadline and first.poll() is None:
        time.sleep(0.005)
    if victim != "supervisor":
        first.send_signal(signal.SIGKILL)
    if victim != "conductor":
        field.kill_supervisors()
    first.communicate(timeout=120)
    code, report = field.rollout()
    assert (code, report["decision"]) == (0, "GO"), f"{told}: {report}"
    assert set(states(report).values()) <= {"verified", "unchanged"}, told
    twice = {name: count for name, count in field.starts().items() if count != 1}
    assert not twice, f"{told}: {twice}"
    again = field.run("report", "--format", "json")
    assert again.returncode == 0, f"{told}: {again.stderr}"
