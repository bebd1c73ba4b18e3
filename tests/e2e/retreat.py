"""One story of going back, told alike on every target: what fails last, whom it takes along, what stays."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import yaml

from e2e.rollout.field import states
from e2e.spoken import killed_at

SELECTION = "+M02"
M01, M02 = "M01-Authentication-Service", "M02-Profile-Service"
M11 = "M11-Settings-Registry-Service"
BROKEN = '    sys.exit("broken")\n'
MAIN = "def main():\n"


class Place(Protocol):
    """The demo mesh in an environment that rolls back by itself."""

    @property
    def mesh(self) -> Path: ...

    def begin(self, *words: str) -> subprocess.Popen[str]:
        """A release of SELECTION under way."""
        ...

    def release(self, *words: str) -> tuple[int, dict[str, Any]]:
        """One to its end: exit code and report."""
        ...

    def running(self) -> Mapping[str, str]:
        """Service -> the revision that runs."""
        ...


def break_m02(mesh: Path) -> None:
    """From now on it exits at once."""
    main = main_of(mesh)
    main.write_text(main.read_text().replace(MAIN, MAIN + BROKEN))


def mend_m02(mesh: Path) -> None:
    """As it was."""
    main = main_of(mesh)
    main.write_text(main.read_text().replace(MAIN + BROKEN, MAIN))


def main_of(mesh: Path) -> Path:
    """The program of M02."""
    return next(mesh.glob("services/*/M02*/cmd/api/main.py"))


def migrate(mesh: Path, name: str, text: str) -> None:
    """One more migration of M02."""
    folder = main_of(mesh).parents[2] / "migrations"
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text)


def drop_sessions(mesh: Path) -> None:
    """M01 gives up an operation that the M02 of before calls, and the one of today does not."""
    file = next(mesh.glob("contracts/openapi/M01*.yaml"))
    document = yaml.safe_load(file.read_text())
    del document["paths"]["/sessions"]
    file.write_text(yaml.safe_dump(document, sort_keys=False))


def what_never_ran_is_stopped(place: Place) -> None:
    """A first release whose last batch fails: that one is stopped, and the rest stays; mended, GO."""
    migrate(place.mesh, "0001_init.sql", "CREATE TABLE risks(id int, score int);")
    break_m02(place.mesh)
    code, report = place.release()
    assert (code, report["state"]) == (5, "rolled-back"), report
    assert states(report) == {M01: "verified", M02: "restored", M11: "verified"}
    assert place.running().keys() == {M01, M11}
    mend_m02(place.mesh)
    code, report = place.release()
    assert code == 0, report
    assert states(report) == {M01: "unchanged", M02: "verified", M11: "unchanged"}


def one_is_taken_along_also_after_kill_9(place: Place) -> None:
    """The last batch fails; without its new owner's contract the old one cannot be, so that goes
    back first, and nobody else; the conductor is killed while it does."""
    before = place.running()
    drop_sessions(place.mesh)
    break_m02(place.mesh)
    together = ("--together", "M01 M02")
    killed_at(place.begin(*together), "restoring")
    code, report = place.release(*together)
    assert (code, report["state"]) == (5, "rolled-back"), report
    assert states(report) == {M01: "restored", M02: "restored", M11: "unchanged"}
    assert {step["service_id"] for step in report["rollback"]} == {M01, M02}
    assert place.running() == before


def a_destructive_migration_keeps_it(place: Place) -> None:
    """Nothing goes back, and the chain says why."""
    migrate(place.mesh, "0002_drop.sql", "ALTER TABLE risks DROP COLUMN score;")
    break_m02(place.mesh)
    code, report = place.release()
    assert (code, report["state"], states(report)[M02]) == (6, "held", "failed"), report
    why = f"{M02}: migration 0002_drop drops score of risks"
    code = "rollback/destructive-migration"
    chain = [f"{M02} is to go back", why]
    assert report["rollback_refused"] == [{"code": code, "service_id": M02, "chain": chain}]
    assert (M02, code) in {(one["service_id"], one["code"]) for one in report["issues"]}
