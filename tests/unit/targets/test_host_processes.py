"""Which processes belong to a session, and who answers at a port."""

from __future__ import annotations

import os
from pathlib import Path

from tierline.supervisor.listeners import Listening, at
from tierline.targets.host.process import Process, holders_of, lives, look, members


def world(*rows: tuple[int, int, int, int]) -> dict[int, Process]:
    """Rows of pid, parent, session, start."""
    return {row[0]: Process(row[0], "x", "S", *row[1:]) for row in rows}


def test_a_session_and_those_who_left_it_with_living_parents() -> None:
    found = members(10, 5, world((10, 1, 10, 5), (11, 10, 10, 6), (12, 11, 12, 7), (13, 1, 13, 8)))
    assert found == {10, 11, 12}


def test_what_a_dead_leader_left() -> None:
    assert members(10, 5, world((11, 1, 10, 6), (12, 11, 12, 7))) == {11, 12}


def test_a_pid_that_came_again_is_another_session() -> None:
    assert members(10, 5, world((10, 1, 10, 99), (11, 10, 10, 100))) == frozenset()


def test_a_circle_of_parents_ends() -> None:
    assert members(10, 5, world((10, 11, 10, 5), (11, 10, 11, 6))) == {10, 11}


def test_ourselves() -> None:
    this = look(os.getpid())
    assert this is not None
    assert (this.parent, this.session) == (os.getppid(), os.getsid(0))
    assert lives(this.pid, this.started)
    assert not lives(this.pid, this.started + 1)
    assert look(2**22 + 1) is None


def test_who_holds_a_file_open(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with path.open("w"):
        assert os.getpid() in holders_of(path, [os.getpid(), 2**22 + 1])
    assert holders_of(path, [os.getpid()]) == frozenset()
    assert holders_of(tmp_path / "none", [os.getpid()]) == frozenset()


def test_the_most_specific_address_answers() -> None:
    any4, any6 = Listening(1, 80, "00000000"), Listening(2, 80, "0" * 32)
    loopback, foreign = Listening(3, 80, "0100007F"), Listening(4, 80, "0100A8C0")
    other = Listening(5, 81, "0100007F")
    assert at(80, [any4, any6, loopback, foreign, other]) == {3}
    assert at(80, [any4, any6, foreign]) == {1}
    assert at(80, [any6, Listening(6, 80, "0" * 32)]) == {2, 6}
    assert at(82, [any4]) == frozenset()
