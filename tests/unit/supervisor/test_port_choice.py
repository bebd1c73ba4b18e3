"""Which numbers are given, and that they stay."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tierline.errors import TemporaryError
from tierline.supervisor.ports import PortBook, choices, pick
from tierline.supervisor.promises import Promises


def always(_: int) -> bool:
    return True


def test_the_kernels_own_range_is_left_out() -> None:
    assert choices((32768, 60999))[::12767] == (20000, 32767)
    assert choices((25000, 60999))[-1] == 24999
    assert choices((1024, 30000))[0] == 30001
    assert choices((15000, 61000))[0] == 1024, "nothing is left of the usual range"


@given(st.text(min_size=1), st.frozensets(st.integers(1, 9)), st.frozensets(st.integers(1, 9)))
def test_a_pick_is_free_unused_and_always_the_same(
    subject: str, used: frozenset[int], busy: frozenset[int]
) -> None:
    among = tuple(range(1, 11))
    found = pick(subject, lambda number: number not in busy, used, among)
    assert found not in used | busy
    assert found == pick(subject, lambda number: number not in busy, used, among)


def test_no_free_port_is_said() -> None:
    with pytest.raises(TemporaryError, match="none of 2 ports is free"):
        pick("M01/http", always, (1, 2), (1, 2))


def test_numbers_are_remembered_and_a_damaged_book_is_begun_anew(tmp_path: Path) -> None:
    path = tmp_path / "ports.json"
    first = book(path).assign("M01", ["http", "grpc"])
    assert book(path).assign("M01", ["grpc"]) == {"grpc": first["grpc"]}
    path.write_text('{"M01/http": "x"}')
    assert book(path).assign("M01", ["http"]).keys() == {"http"}


def book(path: Path) -> PortBook:
    """A book of a supervisor whose promises end with it."""
    return PortBook(path, "here", Promises(path.with_name(f"promises-{time.monotonic_ns()}")))


def test_what_one_supervisor_promised_no_other_does(tmp_path: Path) -> None:
    file = tmp_path / "promises"
    mine = PortBook(tmp_path / "mine.json", "here", Promises(file)).assign("M01", ["http", "grpc"])
    other = PortBook(tmp_path / "other.json", "here", Promises(file))
    theirs = other.assign("M01", ["http", "grpc"])
    assert set(mine.values()).isdisjoint(theirs.values())
    shutil.copyfile(tmp_path / "mine.json", tmp_path / "late.json")
    late = PortBook(tmp_path / "late.json", "here", Promises(file))
    late.give_up_taken()
    assert set(late.assign("M01", ["http"]).values()).isdisjoint([*mine.values(), *theirs.values()])


def test_a_promise_can_be_taken_back_and_ends_with_its_process(tmp_path: Path) -> None:
    mine, other = Promises(tmp_path / "promises"), Promises(tmp_path / "promises")
    assert (mine.make(20_001), mine.make(20_001), other.make(20_001)) == (True, True, False)
    assert other.make(20_002)
    mine.take_back(20_001)
    assert other.make(20_001)
    words = f"from tierline.supervisor.promises import *; assert Promises(Path({str(tmp_path / 'promises')!r})).make(9)"
    subprocess.run([sys.executable, "-c", words], check=True)
    assert mine.make(9)


@pytest.mark.parametrize("wrong", ["open", "link", "pipe", "folder", "nowhere"])
def test_a_file_that_is_not_ours_alone_binds_nobody(tmp_path: Path, wrong: str) -> None:
    path = tmp_path / "promises"
    if wrong == "open":
        path.touch()
        path.chmod(0o666)
    elif wrong == "link":
        (tmp_path / "elsewhere").touch(0o600)
        path.symlink_to(tmp_path / "elsewhere")
    elif wrong == "pipe":
        os.mkfifo(path, 0o600)
    elif wrong == "folder":
        path.mkdir()
    else:
        path = tmp_path / "no" / "promises"
    one, other = Promises(path), Promises(path)
    assert (one.make(20_001), other.make(20_001)) == (True, True)
    one.take_back(20_001)
