"""What a mesh of thousands of services costs: `check`, `plan`, `ready`, and a rollout on virtual time.

    python benchmarks/scale.py [--services 10000] [--mesh DIR] [--only check,plan,ready,rollout]

A mesh is written into a temporary folder (18 files a service; that alone takes minutes) unless DIR
holds one from an earlier run. Of every command: seconds of wall time, seconds of CPU and the peak
of the memory of all its processes together, looked at ten times a second. On a machine that does
other work too, CPU is the number to look at; wall time less than CPU means several processes.

*Cold* is the first command of a user with nothing remembered, *warm* the next one. The budgets are
for 10,000 services.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil
from mesh_generator import Shape, generate
from rollout_simulated import MeteredStore, case, timed

TIERLINE = str(Path(sys.executable).with_name("tierline"))
EDGES_A_SERVICE = 3
MOST_MB = 700
BUDGETS = {"check, cold": 20.0, "check, one changed": 3.0, "plan, warm": 4.0}
SETTLED_SECONDS = 4.0
"""after this much quiet what is read of a file may be remembered"""


@dataclass(frozen=True)
class Cost:
    """What one process took."""

    wall: float
    cpu: float
    megabytes: float
    code: int


def cost_of(words: Sequence[str], folder: Path, state: Path) -> Cost:
    """Run a command with its output thrown away."""
    environ = {k: v for k, v in os.environ.items() if not k.startswith(("XDG_", "TIERLINE_"))}
    environ |= {"HOME": str(state)}
    began = time.perf_counter()
    process = subprocess.Popen(
        words, cwd=folder, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    ended = threading.Event()
    peak: list[float] = [0.0]
    watcher = threading.Thread(target=watch, args=(process.pid, ended, peak))
    watcher.start()
    _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - began
    ended.set()
    watcher.join()
    process.returncode = os.waitstatus_to_exitcode(status)
    megabytes = max(peak[0], used.ru_maxrss / 1024)
    return Cost(wall, used.ru_utime + used.ru_stime, megabytes, process.returncode)


def watch(pid: int, ended: threading.Event, peak: list[float]) -> None:
    """Note the most that a process and its descendants held at once, in MB."""
    while not ended.wait(0.1):
        with contextlib.suppress(psutil.Error):
            top = psutil.Process(pid)
            held = 0
            for one in (top, *top.children(recursive=True)):
                with contextlib.suppress(psutil.Error):
                    held += one.memory_info().rss
            peak[0] = max(peak[0], held / 2**20)


def show(name: str, cost: Cost, services: int) -> bool:
    """One line; whether the budget, scaled to so many services, is kept."""
    kept = cost.megabytes <= MOST_MB
    budget = BUDGETS.get(name, 0.0) * services / 10_000
    if budget:
        kept = kept and cost.wall <= budget
    limit = f"{budget:.1f} s" if budget else ""
    print(
        f"{name:<20} {cost.wall:>8.1f} s {cost.cpu:>8.1f} s {cost.megabytes:>7.0f} MB"
        f" {cost.code:>5} {limit:>8} {'' if kept else 'OVER'}",
        flush=True,
    )
    return kept


def changed(mesh: Path) -> None:
    """Touch the configuration of one service so that its content differs."""
    file = next(iter(sorted(mesh.glob("mesh/services/*/*/configs/default.yaml"))))
    file.write_text(file.read_text() + f"# changed at {time.time()}\n")


def commands(mesh: Path, state: Path, services: int, only: Sequence[str]) -> bool:
    """Every command that reads the mesh."""
    kept = True
    if "check" in only:
        words = (TIERLINE, "check", "--format", "json")
        kept &= show("check, cold", cost_of(words, mesh, state), services)
        kept &= show("check, warm", cost_of(words, mesh, state), services)
        changed(mesh)
        time.sleep(SETTLED_SECONDS)
        kept &= show("check, one changed", cost_of(words, mesh, state), services)
    for name in ("plan", "ready"):
        if name in only:
            words = (TIERLINE, name, "--format", "json")
            kept &= show(f"{name}, first", cost_of(words, mesh, state), services)
            kept &= show(f"{name}, warm", cost_of(words, mesh, state), services)
    return kept


def rollout(services: int) -> None:
    """A whole simulated rollout with its journal, in this process."""
    one = case(services, EDGES_A_SERVICE * services, seed=7, slots=64)
    with tempfile.TemporaryDirectory() as folder:
        store = MeteredStore(Path(folder) / "journal.db")
        began = time.perf_counter()
        cpu, _ = timed(one, store, store.run)
        wall = time.perf_counter() - began
        events = store.head(one.plan.environment)
        size = (Path(folder) / "journal.db").stat().st_size / 1e6
        store.close()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    show("rollout (simulated)", Cost(wall, cpu, peak, 0), services)
    print(
        f"  {events} events in {len(store.commits)} transactions, {sum(store.commits):.1f} s of them"
        f" beside the loop, CPU of writing {store.cpu:.1f} s, {size:.0f} MB on disk"
    )


def main() -> int:
    """0 when every budget is kept."""
    parser = argparse.ArgumentParser(description="What thousands of services cost.")
    parser.add_argument("--services", type=int, default=10_000)
    parser.add_argument("--mesh", type=Path)
    parser.add_argument("--only", default="check,plan,ready,rollout")
    words = parser.parse_args()
    services, only = int(words.services), str(words.only).split(",")
    kept = True
    print(f"{services} services: load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print(f"{'':<20} {'wall':>10} {'cpu':>10} {'peak':>10} {'exit':>5} {'budget':>8}")
    with tempfile.TemporaryDirectory(prefix="tb-") as folder:
        if set(only) - {"rollout"}:
            mesh = Path(words.mesh) if words.mesh else Path(folder) / "m"
            if not mesh.exists():
                generate(mesh, Shape(services, EDGES_A_SERVICE * services, 14, 1))
            state = Path(folder) / "home"
            state.mkdir()
            kept = commands(mesh, state, services, only)
        if "rollout" in only:
            rollout(services)
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
