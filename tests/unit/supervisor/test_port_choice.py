"""Which numbers are given, and that they stay."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tierline.errors import TemporaryError
from tierline.supervisor.ports import PortBook, choices, pick


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
    first = PortBook(path, "here").assign("M01", ["http", "grpc"])
    assert PortBook(path, "here").assign("M01", ["grpc"]) == {"grpc": first["grpc"]}
    path.write_text('{"M01/http": "x"}')
    assert PortBook(path, "here").assign("M01", ["http"]).keys() == {"http"}
