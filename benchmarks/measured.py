"""Runs a program as a person would, and accounts for it: time, CPU, memory, and when it said what."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

TIERLINE = str(Path(sys.executable).with_name("tierline"))
"""our own program, of the interpreter that measures"""


@dataclass(frozen=True)
class Cost:
    """What a program took: wall and CPU seconds, memory of its largest process in MB, exit code.

    `lines` are what it printed, with the time of each by this process's monotonic clock.
    """

    wall: float
    cpu: float
    memory: float
    code: int
    lines: Sequence[tuple[float, str]]

    @property
    def said(self) -> str:
        """All that it printed."""
        return "\n".join(text for _, text in self.lines)


def run(argv: Sequence[str | Path], environment: Mapping[str, str], limit: float) -> Cost:
    """Run a program with all that it starts; all of it is killed at its limit (exit code 124)."""
    began = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-c", _TIMED, *map(str, argv)],
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    )
    killed = threading.Event()

    def kill() -> None:
        killed.set()
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)

    timer = threading.Timer(limit, kill)
    timer.start()
    assert process.stdout is not None
    lines = [(time.monotonic(), line.rstrip("\n")) for line in process.stdout]
    process.wait()
    timer.cancel()
    wall = time.monotonic() - began
    if killed.is_set():
        return Cost(wall, 0.0, 0.0, 124, lines)
    cpu, memory = (float(word) for word in lines.pop()[1].removeprefix(_MARK).split())
    return Cost(wall, cpu, memory, process.returncode, lines)


def share(values: Sequence[float], part: float) -> float:
    """The value below which a share of them lies; they are sorted."""
    return values[min(len(values) - 1, int(part * len(values)))] if values else float("nan")


_MARK = "#cost "
_TIMED = f"""
import resource, subprocess, sys
code = subprocess.call(sys.argv[1:])
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(f"\\n{_MARK}{{used.ru_utime + used.ru_stime:.2f}} {{used.ru_maxrss / 1024:.1f}}", flush=True)
sys.exit(code)
"""
"""counts the program and all that it waited for"""
