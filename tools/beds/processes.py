"""Starts the programs of a bed and ends them by pid; knows no program.

Of each a record is kept in the bed's folder: pid and start time, which together name a process for
good. Every program also carries the bed's folder in its environment, as do all that it starts: so
even those that were started a moment before a crash are found, whoever their parent is now.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from beds.failure import BedError

MARK = "TIERLINE_BED"
GRACE_SECONDS = 10.0
"""what a program gets between being told to end and being killed"""
_POLL_SECONDS = 0.03
_ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Part:
    """One running program of a bed; `start_time` in clock ticks after boot."""

    name: str
    order: int
    pid: int
    start_time: int


def start(
    bed: Path, name: str, argv: Sequence[str | Path], environment: Mapping[str, str] | None = None
) -> Part:
    """Start a program of the bed in a session of its own; its output goes to `logs/NAME.log`."""
    for folder in ("logs", "parts"):
        (bed / folder).mkdir(exist_ok=True)
    with (bed / "logs" / f"{name}.log").open("ab") as log:
        process = subprocess.Popen(
            [str(word) for word in argv],
            cwd=bed,
            env={**os.environ, **(environment or {}), MARK: str(bed)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    process.returncode = 0  # it may outlive us: whether it lives is asked of the kernel
    started = start_time_of(process.pid)
    order = 1 + max((part.order for part in parts(bed)), default=-1)
    part = Part(name, order, process.pid, -1 if started is None else started)
    record = bed / "parts" / f"{name}.json"
    unfinished = record.with_suffix(".new")
    unfinished.write_text(json.dumps(asdict(part)))
    unfinished.replace(record)
    return part


def parts(bed: Path) -> list[Part]:
    """All that were started and not yet ended, in the order of their start."""
    records = (bed / "parts").glob("*.json")
    return sorted((Part(**json.loads(r.read_text())) for r in records), key=lambda p: p.order)


def alive(part: Part) -> bool:
    """Whether this very process still runs; a zombie is dead."""
    with contextlib.suppress(ChildProcessError):
        os.waitpid(part.pid, os.WNOHANG)  # reaps it, should it be a dead child of ours
    return start_time_of(part.pid) == part.start_time


def stop(bed: Path, part: Part) -> None:
    """End a program and forget it; all others that carry the bed's mark stay."""
    end(part.pid, lambda: alive(part))
    (bed / "parts" / f"{part.name}.json").unlink(missing_ok=True)


def stop_marked(bed: Path) -> None:
    """End every process that carries the bed's mark, recorded or not; never this one.

    Looked for again after a round: who is just being executed shows no mark for a moment.
    """
    for _ in range(_ROUNDS):
        found = tuple(marked(bed))
        for pid in found:
            end(pid, lambda pid=pid: _carries(pid, bed))
        if not found:
            return


def marked(bed: Path) -> Iterator[int]:
    """Pids of the processes whose environment names the bed."""
    for entry in Path("/proc").iterdir():
        if (
            entry.name.isdigit()
            and int(entry.name) != os.getpid()
            and _carries(int(entry.name), bed)
        ):
            yield int(entry.name)


def end(pid: int, still: Callable[[], bool]) -> None:
    """Tell a process to end, kill it after a grace; `still` says whether the pid is still its own.

    The kernel's handle is taken before `still` is asked, so no other process can be hit.
    """
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        for order, seconds in ((signal.SIGTERM, GRACE_SECONDS), (signal.SIGKILL, GRACE_SECONDS)):
            if not still():
                return
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(handle, order)
            select.select([handle], [], [], seconds)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)
    finally:
        os.close(handle)


def wait_until(bed: Path, ready: Callable[[], bool], what: str, seconds: float) -> None:
    """Wait for a fact, no longer than every part of the bed lives."""
    until = time.monotonic() + seconds
    while not ready():
        dead = [part.name for part in parts(bed) if not alive(part)]
        if dead:
            raise BedError(
                f"{what}: {dead[0]} ended by itself; it said last:\n{said(bed, dead[0])}"
            )
        if time.monotonic() > until:
            raise BedError(f"{what}: not ready within {seconds:g} s")
        time.sleep(_POLL_SECONDS)


def said(bed: Path, name: str, lines: int = 15) -> str:
    """The last lines that a part of the bed wrote."""
    log = bed / "logs" / f"{name}.log"
    text = log.read_text(errors="replace") if log.exists() else ""
    return "\n".join(f"  {line}" for line in text.splitlines()[-lines:])


def start_time_of(pid: int) -> int | None:
    """When the process was started, in clock ticks after boot; None when it is dead."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if fields[0] in "ZX" else int(fields[19])


def _carries(pid: int, bed: Path) -> bool:
    try:
        environment = Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:  # it is gone, or somebody else's
        return False
    return f"{MARK}={bed}".encode() in environment.split(b"\0") and start_time_of(pid) is not None
