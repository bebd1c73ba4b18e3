"""Rollback for real: processes, journal and supervisor; with kill -9 in the middle, and a refusal."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from e2e.rollout.field import Field, states
from tierline.scaffold.demo import write_demo

POLICY = """version = 1
[environments.lab]
kind = "local"
target = "local"
on_failure = "rollback"
"""
M01, M02 = "M01-Authentication-Service", "M02-Profile-Service"
M11 = "M11-Settings-Registry-Service"


class Lab(Field):
    """The demo mesh in an environment that rolls back by itself; only what M02 needs is released."""

    @property
    def place(self) -> tuple[str, ...]:
        return ("--env", "lab", "--policy", str(self.base / "policy.toml"))

    def release(self) -> tuple[int, dict[str, Any]]:
        return self.rollout("+M02", *self.place)

    def main(self) -> Path:
        return next(self.folder.glob("mesh/services/*/M02*/cmd/api/main.py"))

    def break_m02(self) -> None:
        text = self.main().read_text()
        broken = text.replace("def main():\n", 'def main():\n    sys.exit("broken")\n')
        self.main().write_text(broken)

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
    lab.break_m02()
    first = lab.start("rollout", "--yes", "+M02", *lab.place)
    assert first.stderr is not None
    for line in first.stderr:
        if "goes back" in line:
            break
    first.send_signal(signal.SIGKILL)
    first.communicate(timeout=60)
    code, report = lab.release()
    assert (code, report["state"]) == (5, "rolled-back"), report
    assert states(report) == {M01: "unchanged", M02: "restored", M11: "unchanged"}
    assert [step["service_id"] for step in report["rollback"]] == [M02]
    assert lab.running() == before


@pytest.mark.timeout(600)
def test_a_destructive_migration_keeps_it_from_going_back_and_the_chain_is_told(lab: Lab) -> None:
    migrations = lab.main().parents[2] / "migrations"
    migrations.mkdir()
    (migrations / "0001_init.sql").write_text("CREATE TABLE risks(id int, score int);")
    assert lab.release()[0] == 0
    (migrations / "0002_drop.sql").write_text("ALTER TABLE risks DROP COLUMN score;")
    lab.break_m02()
    code, report = lab.release()
    assert (code, report["state"], states(report)[M02]) == (6, "held", "failed")
    why = f"{M02}: migration 0002_drop drops score of risks"
    refused = {
        "code": "rollback/destructive-migration",
        "service_id": M02,
        "chain": [f"{M02} is to go back", why],
    }
    assert report["rollback_refused"] == [refused]
    assert (M02, refused["code"]) in {(i["service_id"], i["code"]) for i in report["issues"]}


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
