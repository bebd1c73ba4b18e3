"""Contracts that are kept by digest: what goes in comes out, and what is damaged says so."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from tierline.boundary.shipment import UNUSED, Shipment
from tierline.errors import PermanentError, TemporaryError
from tierline.evidence.contract_shelf import FILE, keep, kept_contents, shipped

ONE = Shipment(
    "M01",
    "r1",
    {"contracts/a": "d1"},
    {"contracts/b": "d2"},
    {"contracts/b": UNUSED},
    ("M02",),
    "s",
    "c",
)


def rows(folder: Path, query: str) -> list[tuple[object, ...]]:
    base = sqlite3.connect(folder / FILE)
    try:
        return base.execute(query).fetchall()
    finally:
        base.close()


def rewrite(folder: Path, document: str) -> None:
    base = sqlite3.connect(folder / FILE)
    base.execute("update shipped set document = ?", [document])
    base.commit()
    base.close()


def test_what_is_kept_comes_back_whole_and_nothing_else(tmp_path: Path) -> None:
    two = Shipment("M01", "r2")
    keep(tmp_path, [ONE, two], {"d1": b"one", "d2": b"\x00two"})
    asked = [("M01", "r1"), ("M01", "r2"), ("M01", "r3"), ("M02", "r1")]
    assert shipped(tmp_path, asked) == {("M01", "r1"): ONE, ("M01", "r2"): two}
    assert kept_contents(tmp_path, ["d2", "d9"]) == {"d2": b"\x00two"}
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600


def test_what_was_kept_first_stays(tmp_path: Path) -> None:
    keep(tmp_path, [ONE], {"d1": b"one"})
    keep(tmp_path, [Shipment("M01", "r1")], {"d1": b"other"})
    assert shipped(tmp_path, [("M01", "r1")]) == {("M01", "r1"): ONE}
    assert kept_contents(tmp_path, ["d1"]) == {"d1": b"one"}


def test_the_newest_fifty_revisions_of_each_service_stay(tmp_path: Path) -> None:
    for number in range(53):
        keep(tmp_path, [Shipment("M01", f"r{number}")], {})
    keep(tmp_path, [Shipment("M02", "r0")], {})
    asked = [("M01", f"r{number}") for number in range(53)] + [("M02", "r0")]
    gone = set(asked) - shipped(tmp_path, asked).keys()
    assert gone == {("M01", "r0"), ("M01", "r1"), ("M01", "r2")}


def test_where_nothing_was_kept_nothing_is_known_and_nothing_is_made(tmp_path: Path) -> None:
    assert shipped(tmp_path, [("M01", "r1")]) == {}
    assert kept_contents(tmp_path, ["d1"]) == {}
    assert list(tmp_path.iterdir()) == []


def test_a_newer_row_or_a_damaged_one_or_file_is_an_error_that_says_what_to_do(
    tmp_path: Path,
) -> None:
    keep(tmp_path, [ONE], {})
    ((document,),) = rows(tmp_path, "select document from shipped")
    newer = json.dumps({**json.loads(str(document)), "version": 2})
    for text, words in ((newer, "a newer tierline wrote it"), ("[]", "a row of it cannot be read")):
        rewrite(tmp_path, text)
        with pytest.raises(PermanentError, match=words) as raised:
            shipped(tmp_path, [("M01", "r1")])
        assert raised.value.code == "boundary/damaged"
    (tmp_path / FILE).write_bytes(b"no database at all, but long enough to be read as one" * 20)
    with pytest.raises(PermanentError, match="not a database"):
        kept_contents(tmp_path, ["d1"])


def test_a_link_in_its_place_is_not_written_through(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.touch()
    (tmp_path / FILE).symlink_to(elsewhere)
    with pytest.raises(TemporaryError) as raised:
        keep(tmp_path, [ONE], {})
    assert (raised.value.code, elsewhere.read_bytes()) == ("boundary/not-kept", b"")
