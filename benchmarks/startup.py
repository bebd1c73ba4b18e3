"""How soon commands answer: `python benchmarks/startup.py [--rounds N]`.

First output is the first byte on stdout or stderr, read from a pipe and from a pseudo terminal, in
the demo mesh (14 services, with a tierline.toml) and in a generated one (49 services); CPU is user
and system time of the whole command. Bytecode is compiled before. Commands take turns, so that a
busy moment of the machine hits all of them; the least of the rounds is what the command costs, the
median what a busy machine makes of it.
"""

from __future__ import annotations

import argparse
import os
import pty
import resource
import select
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mesh_generator import Shape, generate

from tierline.scaffold.demo import write_demo

TIERLINE = str(Path(sys.executable).with_name("tierline"))
COMMANDS: Mapping[str, tuple[str, ...]] = {
    "bare interpreter": (sys.executable, "-c", "pass"),
    "--version": (TIERLINE, "--version"),
    "--help": (TIERLINE, "--help"),
    "rollout --help": (TIERLINE, "rollout", "--help"),
    "explain structure": (TIERLINE, "explain", "structure"),
    "check": (TIERLINE, "check"),
    "context": (TIERLINE, "context", "--brief"),
    "plan": (TIERLINE, "plan"),
    "ready": (TIERLINE, "ready"),
    "status": (TIERLINE, "status"),
    "rollout (rehearsal)": (TIERLINE, "rollout", "--target", "simulated", "--yes"),
}
Opened = Callable[[], tuple[int, int]]
OF_A_MESH = ("check", "context", "plan", "ready", "status", "rollout (rehearsal)")


@dataclass(frozen=True)
class Times:
    """Seconds from the start of a process."""

    first: float
    whole: float
    cpu: float


def ran(words: Sequence[str], folder: Path, environ: Mapping[str, str], opened: Opened) -> Times:
    """Run a command with its output in what `opened` makes."""
    reading, writing = opened()
    before = _cpu()
    began = time.perf_counter()
    process = subprocess.Popen(
        words, cwd=folder, env=environ, stdin=subprocess.DEVNULL, stdout=writing, stderr=writing
    )
    os.close(writing)
    select.select([reading], [], [])
    first = time.perf_counter() - began
    while _more(reading):
        pass
    process.wait()
    whole = time.perf_counter() - began
    os.close(reading)
    return Times(first, whole, _cpu() - before)


def _cpu() -> float:
    """User and system seconds of all processes that ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _more(reading: int) -> bool:
    try:
        return bool(os.read(reading, 1 << 16))
    except OSError:  # what a pseudo terminal says when its other end is closed
        return False


def table(names: Sequence[str], folder: Path, environ: Mapping[str, str], rounds: int) -> None:
    """Least and median times of commands that take turns."""
    found: dict[tuple[str, str], list[Times]] = {}
    for number in range(-1, rounds):
        for name in names:
            for kind, opened in (("pipe", os.pipe), ("terminal", pty.openpty)):
                times = ran(COMMANDS[name], folder, environ, opened)
                if number >= 0:
                    found.setdefault((name, kind), []).append(times)
    print(
        f"{'ms, least / median':<22} {'first: pipe':>14} {'terminal':>14} {'whole':>14} {'cpu':>14}"
    )
    for name in names:
        piped, shown = found[name, "pipe"], found[name, "terminal"]
        columns = (
            [one.first for one in piped],
            [one.first for one in shown],
            [one.whole for one in piped],
            [one.cpu for one in piped],
        )
        print(f"{name:<22} " + " ".join(f"{_pair(column):>14}" for column in columns))


def _pair(seconds: Sequence[float]) -> str:
    return f"{min(seconds) * 1000:.0f} / {statistics.median(seconds) * 1000:.0f}"


def main() -> None:
    parser = argparse.ArgumentParser(description="How soon commands answer.")
    parser.add_argument("--rounds", type=int, default=9)
    rounds: int = parser.parse_args().rounds
    base = Path(tempfile.mkdtemp(prefix="tb-"))
    environ = {k: v for k, v in os.environ.items() if not k.startswith(("XDG_", "TIERLINE_"))}
    environ |= {"HOME": str(base / "home"), "TERM": "xterm", "PYTHONPYCACHEPREFIX": str(base / "c")}
    environ.pop("PYTHONDONTWRITEBYTECODE", None)
    try:
        write_demo(base / "demo")
        print("demo mesh, 14 services")
        table(list(COMMANDS), base / "demo", environ, rounds)
        generate(base / "wild", Shape(services=49, edges=34, externals=14, inversions=1))
        print("\ngenerated mesh, 49 services")
        table(OF_A_MESH, base / "wild", environ, rounds)
    finally:
        shutil.rmtree(base, ignore_errors=True)


if __name__ == "__main__":
    main()
