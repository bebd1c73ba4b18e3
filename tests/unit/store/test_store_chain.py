"""A journal file that somebody or something changed says so, and names the row."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from tierline.errors import PermanentError
from tierline.rollout.events import LeaseAcquired
from tierline.store.protocol import Entry
from tierline.store.sqlite import SqliteStore

ROWS = 6


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    """Rows of two rollouts by turns, in one closed file."""
    path = tmp_path / "journal.db"
    store = SqliteStore(path)
    for number in range(ROWS):
        event = LeaseAcquired(f"holder-{number}", 1)
        store.append("local", number, Entry(f"R-{number % 2}", 1, 5.0 + number, [event]))
    store.close()
    return path


def execute(path: Path, *statements: str) -> None:
    connection = sqlite3.connect(path)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


def complaint(path: Path, rollout: str | None = None, after: int = 0) -> str:
    """What reading says of the journal, "" if it finds nothing wrong."""
    store = SqliteStore(path)
    try:
        list(store.read("local", rollout, after))
    except PermanentError as error:
        assert error.code == "journal/damaged"
        assert "backup" in error.fix
        where, _, what = error.message.partition(": ")
        assert where == str(path)
        return what
    finally:
        store.close()
    return ""


def said(row: int) -> str:
    return f"row {row} of local is not what was written"


def test_a_whole_journal_is_read(journal: Path) -> None:
    assert complaint(journal) == complaint(journal, "R-0") == complaint(journal, after=3) == ""


@pytest.mark.parametrize("bit", [0x01, 0x20, 0x80])
@pytest.mark.parametrize("offset", [0, 5, 13])
def test_a_flipped_bit_in_a_body(journal: Path, offset: int, bit: int) -> None:
    content = bytearray(journal.read_bytes())
    found = content.index(b'"holder":"holder-2"')
    content[found + offset] ^= bit
    journal.write_bytes(content)
    assert complaint(journal) == complaint(journal, "R-0") == said(3)
    assert complaint(journal, "R-1") == complaint(journal, after=3) == ""


@pytest.mark.parametrize(
    "change",
    ["at = at + 1", "token = 2", "rollout = 'R-7'", "type = 'rollout.ended'", "version = 2",
     "body = '{}'", "hash = previous", "previous = hash", "body = x'ff'", "previous = x'ff'"],
)  # fmt: skip
def test_a_changed_column(journal: Path, change: str) -> None:
    execute(journal, f"UPDATE journal SET {change} WHERE seq = 4")  # noqa: S608 - words of this file
    assert complaint(journal) == said(4)


def test_a_row_rewritten_with_a_seal_of_its_own_breaks_the_link_after_it(journal: Path) -> None:
    other = journal.with_name("other.db")
    store = SqliteStore(other)
    for number in range(4):
        event = LeaseAcquired("forger", 1)
        store.append("local", number, Entry(f"R-{number % 2}", 1, 5.0, [event]))
    store.close()
    execute(
        journal,
        f"ATTACH '{other}' AS other",
        "UPDATE journal SET (at, body, previous, hash) ="
        " (SELECT at, body, previous, hash FROM other.journal o WHERE o.seq = journal.seq)"
        " WHERE seq <= 4",
    )
    assert complaint(journal) == said(5)


@pytest.mark.parametrize("row", range(1, ROWS))
def test_a_missing_row(journal: Path, row: int) -> None:
    execute(journal, f"DELETE FROM journal WHERE seq = {row}")  # noqa: S608 - a number of this file
    assert complaint(journal) == said(row)
    neighbour = f"R-{row % 2}"
    assert complaint(journal, neighbour) == said(row)


def test_two_rows_in_each_others_place(journal: Path) -> None:
    execute(
        journal,
        "UPDATE journal SET seq = 99 WHERE seq = 2",
        "UPDATE journal SET seq = 2 WHERE seq = 3",
        "UPDATE journal SET seq = 3 WHERE seq = 99",
    )
    assert complaint(journal) == said(2)


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    path.write_bytes(b"not a database at all, and long enough to be looked at" * 100)
    with pytest.raises(PermanentError, match="not a database") as caught:
        SqliteStore(path)
    assert str(path) in caught.value.message


def test_a_file_that_lost_its_pages(journal: Path) -> None:
    content = journal.read_bytes()
    journal.write_bytes(content[: 4096 * 2])
    with pytest.raises(PermanentError) as caught:
        list(SqliteStore(journal).read("local"))
    assert caught.value.code == "journal/damaged"
