"""Processes that write at the same time make one history; one that is killed leaves it whole."""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap
from contextlib import closing
from pathlib import Path

import pytest

from tierline.rollout.events import LeaseAcquired
from tierline.store.sqlite import SqliteStore

WRITER = """
    import sys
    from pathlib import Path
    from tierline.errors import LeaseLost
    from tierline.rollout.events import LeaseAcquired
    from tierline.store.protocol import Entry
    from tierline.store.sqlite import SqliteStore
    path, name, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    store = SqliteStore(path)
    print("ready", flush=True)
    sys.stdin.readline()
    written = 0
    while written < count:
        events = [LeaseAcquired(f"{name}-{written}", 1), LeaseAcquired(f"{name}-{written}", 2)]
        try:
            store.append("local", store.head("local"), Entry(name, 1, 5.0, events))
            written += 1
        except LeaseLost:
            pass
"""


def writer(path: Path, name: str, count: int) -> subprocess.Popen[str]:
    argv = [sys.executable, "-c", textwrap.dedent(WRITER), str(path), name, str(count)]
    return subprocess.Popen(
        argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def go(processes: list[subprocess.Popen[str]]) -> None:
    """Let all begin together, once each has opened the store."""
    for process in processes:
        assert process.stdout and process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()


@pytest.mark.slow
def test_processes_that_write_at_once_make_one_history(tmp_path: Path) -> None:
    path, count = tmp_path / "journal.db", 40
    processes = [writer(path, name, count) for name in ("one", "two", "three")]
    go(processes)
    for process in processes:
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors
    with closing(SqliteStore(path)) as store:
        rows = list(store.read("local"))
    assert [row.seq for row in rows] == list(range(1, 6 * count + 1))
    for name in ("one", "two", "three"):
        told = [row.event for row in rows if row.rollout == name]
        expected = [LeaseAcquired(f"{name}-{n}", half) for n in range(count) for half in (1, 2)]
        assert told == expected
    pairs = zip(rows[::2], rows[1::2], strict=True)
    assert all(first.rollout == second.rollout for first, second in pairs)


@pytest.mark.slow
def test_a_writer_that_is_killed_leaves_whole_entries(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    for number in range(5):
        process = writer(path, f"w{number}", 100_000)
        go([process])
        with closing(SqliteStore(path)) as store:
            begun = store.head("local")
            while store.head("local") < begun + 10 + 7 * number:
                assert process.poll() is None
        process.send_signal(signal.SIGKILL)
        process.communicate()
    with closing(SqliteStore(path)) as store:
        rows = list(store.read("local"))
    assert len(rows) % 2 == 0
    assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
