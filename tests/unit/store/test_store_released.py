"""Which rollouts brought services to where they are, read from a real journal without SQLAlchemy."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tierline.errors import PermanentError
from tierline.facts.origin import NOWHERE, Origin, Ran
from tierline.rollout.events import Judged, LeaseAcquired, RolloutRequested, ServiceJudged
from tierline.store import released as module
from tierline.store.protocol import Entry
from tierline.store.released import released
from tierline.store.sqlite import SqliteStore

ALL = frozenset({"M01-A", "M02-B", "M03-C"})
FIRST = Origin("1" * 40, "a" * 32)
SECOND = Origin("2" * 40, "b" * 32, ("M02-B",))


@pytest.fixture
def journal() -> Iterator[Path]:
    """In a folder that somebody else may look into."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder / "journal.db"
    folder.chmod(0o755)
    shutil.rmtree(folder)


def write(
    path: Path, rollout: str, origin: Origin, *judged: str, environment: str = "local"
) -> None:
    """A rollout with its verdicts: `M01-A/apply`, `M01-A/check/unchanged`, `M01-A/apply/failed`."""
    unchanged = tuple(one.split("/")[0] for one in judged if one.endswith("unchanged"))
    requested = RolloutRequested(
        "d", "ada", unchanged, commit=origin.commit, contracts=origin.contracts,
        uncommitted=origin.uncommitted,
    )  # fmt: skip
    events = [requested, LeaseAcquired("ada", 1), *(verdict(rollout, one) for one in judged)]
    with closing(SqliteStore(path)) as store:
        store.append(environment, store.head(environment), Entry(rollout, 1, 5.0, events))


def verdict(rollout: str, told: str) -> ServiceJudged:
    name, action, *more = told.split("/")
    said = Judged.FAILED if more == ["failed"] else Judged.VERIFIED
    return ServiceJudged(name, f"{rollout}/{name}/{action}/1", said, "rev", "c", "m", "{}")


def test_the_last_rollout_of_each_service_counts(journal: Path):
    write(journal, "R-1", FIRST, "M01-A/apply", "M02-B/apply", "M03-C/apply")
    write(journal, "R-2", SECOND, "M02-B/apply", "M03-C/apply/failed", "M01-A/check")
    write(journal, "R-9", SECOND, "M01-A/apply", environment="other")
    assert released(journal, "local", ALL) == (
        Ran("R-1", FIRST, ("M01-A", "M03-C")),
        Ran("R-2", SECOND, ("M02-B",)),
    )


def test_what_was_found_unchanged_counts_as_released_then(journal: Path):
    write(journal, "R-1", FIRST, "M01-A/apply")
    write(journal, "R-2", SECOND, "M01-A/check/unchanged")
    assert released(journal, "local", ALL) == (Ran("R-2", SECOND, ("M01-A",)),)


def test_services_that_the_mesh_does_not_have_any_more_do_not_count(journal: Path):
    write(journal, "R-1", FIRST, "M01-A/apply", "M09-Gone/apply")
    assert released(journal, "local", ALL) == (Ran("R-1", FIRST, ("M01-A",)),)


def test_a_journal_from_before_commits_were_noted(journal: Path):
    write(journal, "R-1", NOWHERE, "M01-A/apply")
    with closing(sqlite3.connect(journal)) as connection, connection:
        connection.execute(
            "UPDATE journal SET version = 2, body = ? WHERE seq = 1",
            ('{"plan_digest":"d","requested_by":"ada"}',),
        )
    assert released(journal, "local", ALL) == (Ran("R-1", NOWHERE, ("M01-A",)),)


def test_only_the_newest_rollouts_are_looked_at(journal: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "MOST_ROLLOUTS", 1)
    write(journal, "R-1", FIRST, "M01-A/apply")
    write(journal, "R-2", SECOND, "M02-B/apply")
    assert released(journal, "local", ALL) == (Ran("R-2", SECOND, ("M02-B",)),)


def test_an_environment_without_rollouts_runs_nothing(journal: Path):
    write(journal, "R-1", FIRST, "M01-A/apply")
    assert released(journal, "staging", ALL) == ()


@pytest.mark.parametrize("content", [b"", b"no journal at all" * 1000])
def test_what_is_no_journal_is_told(journal: Path, content: bytes):
    journal.write_bytes(content)
    with pytest.raises(PermanentError, match=r"journal\.db cannot be read"):
        released(journal, "local", ALL)


@pytest.mark.parametrize("body", ["no json", "[]", '{"unchanged":7}'])
def test_a_damaged_row_is_told(journal: Path, body: str):
    write(journal, "R-1", FIRST, "M01-A/apply")
    with closing(sqlite3.connect(journal)) as connection, connection:
        connection.execute("UPDATE journal SET body = ? WHERE seq = 1", (body,))
    with pytest.raises(PermanentError, match="cannot be read"):
        released(journal, "local", ALL)


def test_a_medium_that_nobody_may_write_to_is_read(journal: Path):
    write(journal, "R-1", FIRST, "M01-A/apply")
    journal.chmod(0o444)
    read = (
        "import os, sys\nfrom pathlib import Path\nfrom tierline.store.released import released\n"
        "os.chmod(Path(sys.argv[1]).parent, 0o555)\n"
        "if os.geteuid() == 0: os.setuid(65534)\n"
        "print([one.rollout for one in released(Path(sys.argv[1]), 'local', {'M01-A'})])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", read, str(journal)], capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("['R-1']\n", "")


def test_check_reads_it_without_sqlalchemy():
    code = "import sys, tierline.store.released; print('sqlalchemy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
