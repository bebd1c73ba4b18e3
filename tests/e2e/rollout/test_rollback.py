"""Rollback for real: processes, journal and supervisor; with kill -9 in the middle, and a refusal."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from e2e import retreat
from e2e.retreat import M01, M02, M11
from e2e.rollout.field import Field, states
from e2e.spoken import killed_at
from tierline.scaffold.demo import write_demo

POLICY = """version = 1
[environments.lab]
kind = "local"
target = "local"
on_failure = "rollback"
"""


class Lab(Field):
    """The demo mesh in an environment that rolls back by itself; only what M02 needs is released."""

    @property
    def place(self) -> tuple[str, ...]:
        return ("--env", "lab", "--policy", str(self.base / "policy.toml"))

    @property
    def mesh(self) -> Path:
        return self.folder / "mesh"

    def begin(self, *words: str) -> subprocess.Popen[str]:
        return self.start("rollout", "--yes", retreat.SELECTION, *words, *self.place)

    def release(self, *words: str) -> tuple[int, dict[str, Any]]:
        return self.rollout(retreat.SELECTION, *words, *self.place)

    def running(self) -> dict[str, str]:
        """Service -> the revision that runs."""
        told = json.loads(self.run("status", "--format", "json", *self.place).stdout)
        return {one["service_id"]: one["revision"] for one in told["instances"]}

    def down(self) -> None:
        self.run("down", "--yes", *self.place)


@pytest.fixture
def lab(base: Path) -> Iterator[Lab]:
    field = Lab(base / "demo", base)
    write_demo(field.folder)
    (base / "policy.toml").write_text(POLICY)
    yield field
    field.down()


@pytest.mark.timeout(600)
def test_what_fails_goes_back_alone_also_after_kill_9(lab: Lab) -> None:
    assert lab.release()[0] == 0
    before = lab.running()
    retreat.break_m02(lab.mesh)
    killed_at(lab.begin(), "goes back")
    code, report = lab.release()
    assert (code, report["state"]) == (5, "rolled-back"), report
    assert states(report) == {M01: "unchanged", M02: "restored", M11: "unchanged"}
    assert [step["service_id"] for step in report["rollback"]] == [M02]
    assert lab.running() == before
    told = json.loads(lab.run("why", "M02", "--format", "json", *lab.place).stdout)["rollback"]
    assert told["same_when_decided_again"] is True, told
    assert f"to blame: {M02}" in told["facts"]


@pytest.mark.timeout(600)
def test_a_boundary_takes_one_along_and_a_migration_keeps_all(lab: Lab) -> None:
    retreat.what_never_ran_is_stopped(lab)
    retreat.one_is_taken_along_also_after_kill_9(lab)
    retreat.a_destructive_migration_keeps_it(lab)


@pytest.mark.timeout(600)
def test_who_needs_what_did_not_run_before_goes_first_and_nobody_else(lab: Lab) -> None:
    assert lab.release()[0] == 0
    asked = ("rollback", "--service", "M01", *lab.place, "--format", "json")
    dry = lab.run(*asked, "--dry-run")
    told = json.loads(dry.stdout)
    assert (dry.returncode, [step["service_id"] for step in told["steps"]]) == (0, [M02, M01])
    assert set(lab.running()) == {M01, M02, M11}
    done = lab.run(*asked)
    report = json.loads(done.stdout)
    assert (done.returncode, report["state"]) == (5, "rolled-back"), done.stderr
    assert states(report) == {M01: "restored", M02: "restored", M11: "verified"}
    assert set(lab.running()) == {M11}
