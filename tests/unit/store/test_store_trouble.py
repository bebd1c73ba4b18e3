"""Full, locked, forbidden or oddly named places: a TemporaryError, and nothing half-written."""

from __future__ import annotations

import os
import signal
import sqlite3
import stat
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from tierline.errors import PermanentError, TemporaryError
from tierline.ledger.model import Issue, IssueState
from tierline.rollout.events import Command, LeaseAcquired
from tierline.store.protocol import Asked, Entry
from tierline.store.sqlite import SqliteStore

LARGE = LeaseAcquired("x" * 3000, 1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    made = SqliteStore(tmp_path / "journal.db")
    yield made
    made.close()


def fill(store: SqliteStore, most: int = 2000) -> TemporaryError:
    """Append entries of three large events until there is no room."""
    for _ in range(most):
        try:
            store.append("local", store.head("local"), Entry("R-1", 1, 5.0, [LARGE] * 3))
        except TemporaryError as error:
            return error
    raise AssertionError("it never was full")


def test_a_full_disk_leaves_whole_entries_only(store: SqliteStore) -> None:
    with store._engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 60")
    error = fill(store)
    assert "database or disk is full" in error.message
    assert error.code == "store/unavailable"
    rows = len(list(store.read("local")))
    assert rows == store.head("local") > 0
    assert rows % 3 == 0
    with store._engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 6000")
    assert store.append("local", rows, Entry("R-1", 1, 5.0, [LARGE])) == rows + 1


def test_a_mounted_full_disk(tmp_path: Path) -> None:
    place = tmp_path / "small"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", str(place)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip("a small file system cannot be mounted without privileges")
    try:
        with closing(SqliteStore(place / "journal.db")) as store:
            fill(store)
            rows = len(list(store.read("local")))
            assert rows == store.head("local") > 0
            assert rows % 3 == 0
        with closing(SqliteStore(place / "journal.db")) as again:
            assert len(list(again.read("local"))) == rows
    finally:
        subprocess.run(["umount", str(place)], check=True)


def printed(program: str, argument: object) -> str:
    """What a program in a process of its own says."""
    ended = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program), str(argument)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


@pytest.mark.slow
def test_a_limit_on_the_size_of_files(tmp_path: Path) -> None:
    """In a process of its own, since the limit holds for the whole process."""
    path = tmp_path / "journal.db"
    program = """
        import resource, sys
        from pathlib import Path
        from tierline.errors import PermanentError, TemporaryError
        from tierline.rollout.events import LeaseAcquired
        from tierline.store.protocol import Entry
        from tierline.store.sqlite import SqliteStore
        store = SqliteStore(Path(sys.argv[1]))
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, resource.RLIM_INFINITY))
        try:
            for n in range(1000):
                store.append("local", 3 * n, Entry("R", 1, 5.0, [LeaseAcquired("x" * 3000, 1)] * 3))
        except TemporaryError as error:
            print(error.code)
    """
    assert printed(program, path) == "store/unavailable\n"
    with closing(SqliteStore(path)) as store:
        rows = len(list(store.read("local")))
        assert rows == store.head("local") > 0
        assert rows % 3 == 0


def test_an_error_in_mid_transaction_writes_nothing(store: SqliteStore) -> None:
    broken = [LARGE, object(), LARGE]
    with pytest.raises(TypeError):
        store.append("local", 0, Entry("R-1", 1, 5.0, broken))  # type: ignore[arg-type] # on purpose
    assert store.head("local") == 0
    assert store.append("local", 0, Entry("R-1", 1, 5.0, [LARGE])) == 1


def test_a_locked_database_may_be_free_later(store: SqliteStore) -> None:
    with store._engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout = 1")
    other = sqlite3.connect(store._path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    issue = Issue("I-1", "M05", "c", "m", "i", "n", IssueState.OPEN, "R-1", 1.0, 1.0)
    writes = (
        lambda: store.append("local", 0, Entry("R-1", 1, 5.0, [LARGE])),
        lambda: store.ask("local", Asked(0, "R-1", Command.HOLD, "ada", "", 1.0)),
        lambda: store.save_plan("digest", "{}"),
        lambda: store.save_issues("local", [issue]),
    )
    for write in writes:
        with pytest.raises(TemporaryError, match=rf"is locked by pid {os.getpid()} \(") as caught:
            write()
        assert caught.value.code == "store/locked"
    assert store.head("local") == 0
    other.execute("COMMIT")
    other.close()
    for write in writes:
        write()
    assert store.head("local") == 1


WRITER = """
    import sqlite3, sys, time
    other = sqlite3.connect(sys.argv[1], isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    print("locked", flush=True)
    time.sleep(600)
"""


def test_a_process_that_is_stopped_in_mid_transaction_is_named(store: SqliteStore) -> None:
    with store._engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout = 1")
    argv = [sys.executable, "-c", textwrap.dedent(WRITER), str(store._path)]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout and other.stdout.readline() == "locked\n"
        other.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, other.pid, os.WSTOPPED)
        with pytest.raises(TemporaryError, match=r"which is stopped") as caught:
            store.append("local", 0, Entry("R-1", 1, 5.0, [LARGE]))
        assert caught.value.message.startswith(f"{store._path} is locked by pid {other.pid} (")
        assert f"kill -CONT {other.pid}" in caught.value.fix
        with closing(SqliteStore(store._path)) as reader:
            assert list(reader.read("local")) == []
        other.kill()
    assert store.append("local", 0, Entry("R-1", 1, 5.0, [LARGE])) == 1


def test_commands_of_an_older_version_are_for_no_checkpoint(store: SqliteStore) -> None:
    old = Asked(0, "R-1", Command.RESUME, "ada", "", 1.0)
    store.ask("local", old)
    store.close()
    with closing(sqlite3.connect(store._path)) as before:
        before.execute("ALTER TABLE commands DROP COLUMN passes")
    for _ in range(2):
        with closing(SqliteStore(store._path)) as newer:
            newer.ask("local", replace(old, passes="t0"))
    with closing(SqliteStore(store._path)) as newer:
        found = [(one.command_id, one.passes) for one in newer.asked("local", 0)]
    assert found == [(1, ""), (2, "t0"), (3, "t0")]


def test_a_journal_of_a_newer_version_is_left_alone(store: SqliteStore) -> None:
    with store._engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA user_version = 99")
    before = store._path.read_bytes()
    with pytest.raises(PermanentError, match="newer tierline") as caught:
        SqliteStore(store._path)
    assert caught.value.code == "store/newer"
    assert store._path.read_bytes() == before


def test_a_file_that_cannot_be_written(store: SqliteStore) -> None:
    store.append("local", 0, Entry("R-1", 1, 5.0, [LARGE]))
    with store._engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA query_only = ON")
    with pytest.raises(TemporaryError, match="readonly") as caught:
        store.append("local", 1, Entry("R-1", 1, 5.0, [LARGE]))
    assert "permissions" in caught.value.fix
    assert [row.seq for row in store.read("local")] == [1]


@pytest.mark.slow
def test_a_read_only_folder() -> None:
    """As another user where we are root, whom no permission stops."""
    program = """
        import os, sys
        from pathlib import Path
        from tierline.errors import PermanentError, TemporaryError
        from tierline.store.sqlite import SqliteStore
        folder = Path(sys.argv[1])
        if os.geteuid() == 0:
            os.setuid(65534)
        assert list(folder.iterdir()) == []
        try:
            SqliteStore(folder / "journal.db")
        except TemporaryError as error:
            print(error.code, "denied" in error.message)
    """
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o555)
        assert printed(program, folder) == "store/unavailable True\n"


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(TemporaryError, match="No such file") as caught:
        SqliteStore(tmp_path / "no" / "journal.db")
    assert str(tmp_path / "no") in caught.value.message


@pytest.mark.parametrize("name", ["a b", "what?mode=ro", "50%25", "#1", "émile", "file:x"])
def test_any_name_of_a_folder(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    folder.mkdir()
    with closing(SqliteStore(folder / "journal.db")) as store:
        store.append("local", 0, Entry("R-1", 1, 5.0, [LARGE]))
    assert (folder / "journal.db").stat().st_size > 0
    assert list(tmp_path.iterdir()) == [folder]
    with closing(SqliteStore(folder / "journal.db")) as again:
        assert again.head("local") == 1


def test_its_files_are_for_their_owner_only(store: SqliteStore) -> None:
    store.append("local", 0, Entry("R-1", 1, 5.0, [LARGE]))
    files = sorted(store._path.parent.iterdir())
    assert [file.name for file in files] == ["journal.db", "journal.db-shm", "journal.db-wal"]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_every_commit_reaches_the_disk(store: SqliteStore) -> None:
    with store._engine.connect() as connection:
        found = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous")
        ]
    assert found == ["wal", 2]
