"""Programs of a bed are known by pid and start time, and by the mark that all they start carries."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from beds import processes
from beds.failure import BedError

LASTING = ["sleep", "600"]


@pytest.fixture
def bed(tmp_path: Path) -> Path:
    """A folder that no process outlives."""
    return tmp_path


def test_a_part_is_recorded_and_ended(bed: Path) -> None:
    part = processes.start(bed, "one", LASTING)
    assert processes.parts(bed) == [part]
    assert processes.alive(part)
    processes.stop(bed, part)
    assert not processes.alive(part)
    assert processes.parts(bed) == []


def test_what_a_program_says_is_kept(bed: Path) -> None:
    part = processes.start(bed, "one", ["sh", "-c", "echo out; echo err >&2; sleep 600"])
    processes.wait_until(bed, lambda: "err" in processes.said(bed, "one"), "its words", 10)
    assert processes.said(bed, "one") == "  out\n  err"
    processes.stop(bed, part)


def test_parts_are_told_in_the_order_of_their_start(bed: Path) -> None:
    for name in ("b", "c", "a"):
        processes.start(bed, name, LASTING)
    assert [part.name for part in processes.parts(bed)] == ["b", "c", "a"]
    processes.stop_marked(bed)


def test_another_process_with_the_same_pid_is_left_alone(bed: Path) -> None:
    part = processes.start(bed, "one", LASTING)
    other = replace(part, start_time=part.start_time - 1)
    processes.stop(bed, other)
    assert processes.alive(part)
    processes.stop_marked(bed)


def test_children_that_no_record_names_are_found(bed: Path) -> None:
    part = processes.start(bed, "one", ["sh", "-c", "setsid sleep 600 & sleep 600"])
    processes.wait_until(bed, lambda: len(list(processes.marked(bed))) == 3, "both children", 10)
    processes.stop(bed, part)
    assert len(list(processes.marked(bed))) == 2
    processes.stop_marked(bed)
    assert list(processes.marked(bed)) == []


def test_who_does_not_listen_is_killed(bed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "GRACE_SECONDS", 0.2)
    argv = ["sh", "-c", "trap '' TERM; echo deaf; while :; do sleep 1; done"]
    part = processes.start(bed, "deaf", argv)
    processes.wait_until(bed, lambda: "deaf" in processes.said(bed, "deaf"), "its trap", 10)
    processes.stop(bed, part)
    assert not processes.alive(part)
    processes.stop_marked(bed)


def test_waiting_ends_with_the_words_of_the_one_that_ended(bed: Path) -> None:
    processes.start(bed, "broken", ["sh", "-c", "echo no such port; exit 3"])
    with pytest.raises(BedError) as caught:
        processes.wait_until(bed, lambda: False, "the server", 10)
    assert str(caught.value) == (
        "the server: broken ended by itself; it said last:\n  no such port"
    )


def test_a_record_is_whole(bed: Path) -> None:
    part = processes.start(bed, "one", LASTING)
    assert json.loads((bed / "parts" / "one.json").read_text())["pid"] == part.pid
    assert [file.name for file in (bed / "parts").iterdir()] == ["one.json"]
    processes.stop_marked(bed)
