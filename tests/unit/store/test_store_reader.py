"""A journal is read on any medium, and reading changes nothing but SQLite's own lists beside it."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tierline.errors import PermanentError, TemporaryError
from tierline.rollout.events import LeaseAcquired
from tierline.store.protocol import Entry
from tierline.store.reader import SqliteReader
from tierline.store.sqlite import SqliteStore

ENTRY = Entry("R-1", 1, 5.0, [LeaseAcquired("ada", 1)] * 3)
NOBODY = 65534
READ = """
    import os, sys, tempfile
    from contextlib import closing
    from pathlib import Path
    from tierline.store.reader import SqliteReader
    if os.geteuid() == 0:
        os.setuid(65534)
    with closing(SqliteReader(Path(sys.argv[1]))) as store:
        print([row.seq for row in store.read("local")])
"""


def written(path: Path) -> None:
    """A journal whose tail was merged into it: it is one file."""
    with closing(SqliteStore(path)) as store:
        store.append("local", 0, ENTRY)
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def torn_off(path: Path) -> None:
    """A journal as kill -9 leaves it: the rows are in the tail beside it."""
    aside = path.with_name("aside")
    with closing(SqliteStore(path)) as store:
        store.append("local", 0, ENTRY)
        aside.mkdir()
        for file in path.parent.glob("journal.db*"):
            shutil.copy(file, aside / file.name)
    for file in aside.iterdir():
        file.replace(path.with_name(file.name))
    aside.rmdir()
    path.with_name("journal.db-shm").unlink()


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that also somebody without our rights can reach."""
    with tempfile.TemporaryDirectory(prefix="tr-") as name:
        yield Path(name)
        Path(name).chmod(0o700)


@pytest.mark.slow
@pytest.mark.parametrize("make", [written, torn_off])
def test_a_folder_that_cannot_be_written(folder: Path, make: Callable[[Path], None]) -> None:
    path = folder / "journal.db"
    make(path)
    for file in folder.iterdir():
        os.chown(file, NOBODY, -1) if os.geteuid() == 0 else None
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    folder.chmod(0o555)
    argv = [sys.executable, "-c", textwrap.dedent(READ), str(path)]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("[1, 2, 3]\n", "")
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before


@pytest.mark.parametrize("make", [written, torn_off])
def test_a_full_disk(tmp_path: Path, make: Callable[[Path], None]) -> None:
    place = tmp_path / "small"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", str(place)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a small file system cannot be mounted without privileges")
    try:
        make(place / "journal.db")
        with pytest.raises(OSError, match="No space left"):
            (place / "rest").write_bytes(b"x" * 500_000)
        with closing(SqliteReader(place / "journal.db")) as store:
            assert [row.seq for row in store.read("local")] == [1, 2, 3]
            assert store.issues("local") == ()
            with pytest.raises(TemporaryError) as caught:
                store.append("local", 3, ENTRY)
        assert caught.value.code == "store/unavailable"
    finally:
        subprocess.run(["umount", str(place)], check=True)


def test_it_sees_what_is_written_meanwhile_and_never_writes(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    with closing(SqliteStore(path)) as writer, closing(SqliteReader(path)) as reader:
        writer.append("local", 0, ENTRY)
        assert reader.head("local") == 3
        with pytest.raises(TemporaryError, match="readonly"):
            reader.save_plan("digest", "{}")
    assert not list(tmp_path.glob("journal.db?*"))


def test_what_an_older_version_did_not_make_is_empty(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    written(path)
    with closing(sqlite3.connect(path)) as old:
        old.execute("DROP TABLE issues")
        old.commit()
    with closing(SqliteReader(path)) as store:
        assert store.issues("local") == ()
        assert store.head("local") == 3
    with closing(SqliteStore(path)) as store:
        assert store.issues("local") == ()


def test_an_empty_file_holds_nothing(tmp_path: Path) -> None:
    (tmp_path / "journal.db").touch()
    with closing(SqliteReader(tmp_path / "journal.db")) as store:
        assert store.rollouts("local") == ()
    assert (tmp_path / "journal.db").stat().st_size == 0


def test_a_journal_of_a_newer_version(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    written(path)
    with closing(sqlite3.connect(path)) as newer:
        newer.execute("PRAGMA user_version = 99")
    with pytest.raises(PermanentError, match="newer tierline") as caught:
        SqliteReader(path)
    assert caught.value.code == "store/newer"


@pytest.mark.parametrize("content", [b"no database at all", b"SQLite format 3\0" + b"\xff" * 5000])
def test_what_is_no_database(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "journal.db").write_bytes(content)
    with pytest.raises(PermanentError) as caught:
        SqliteReader(tmp_path / "journal.db")
    assert caught.value.code == "journal/damaged"
    assert (tmp_path / "journal.db").read_bytes() == content
