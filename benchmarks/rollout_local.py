"""Delays of real rollouts on local processes, read off the journal and the services' own marks.

    python benchmarks/rollout_local.py [--mesh go|demo] [--rounds N] [--kills N]

Measured, over every service of every round:

- ready to verified: from the latest of the facts that the verdict needed (third good health answer
  of each workload, owners named, first arrival of each kind of signal, last counted request) to the
  journal row of the verdict;
- verified to spawned: from the journal row that let a service start (its last owner verified, or the
  last service of a lower tier settled) to its first process, by the supervisor's record of it; where
  more services than `max_parallel` want to start, waiting for a slot is in it;
- verified to marked: the same until that process itself says that it began. What its interpreter
  needs to get there is in it;
- resumed: from running the same command after kill -9 of the conductor to the first thing that it
  decides (an effect or a verdict). Building is done before, so this is a rollout whose build is known.

Every round has a state of its own; built artifacts are shared, as they are for users.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tierline.plan.document import from_json
from tierline.plan.model import Plan
from tierline.rollout.events import EffectIntended, Judged, Recorded, ServiceJudged
from tierline.scaffold.demo import write_demo
from tierline.store.sqlite import SqliteStore
from tierline.verification.history import ENOUGH

GO_MESH = Path(__file__).parents[1] / "tests" / "meshes" / "go-mesh"
ENVIRONMENT = "local"
DECIDES = (EffectIntended, ServiceJudged)


@dataclass(frozen=True)
class Field:
    """A mesh, and folders of its own for state and runtime."""

    mesh: Path
    base: Path

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        names = {"XDG_STATE_HOME": "s", "XDG_RUNTIME_DIR": "r"}
        for folder in names.values():
            (self.base / folder).mkdir(mode=0o700, parents=True, exist_ok=True)
        cache = self.base.parent / "cache"
        mine = {name: str(self.base / folder) for name, folder in names.items()}
        return subprocess.Popen(
            [sys.executable, "-m", "tierline", *arguments],
            cwd=self.mesh,
            env={**os.environ, **mine, "XDG_CACHE_HOME": str(cache)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str) -> None:
        process = self.start(*arguments)
        _, err = process.communicate(timeout=600)
        if process.returncode:
            raise SystemExit(f"tierline {' '.join(arguments)}: {process.returncode}\n{err}")

    def journal(self) -> Path | None:
        return next((self.base / "s").rglob("journal.db"), None)

    def rows(self) -> tuple[list[Recorded], Plan | None]:
        path = self.journal()
        if path is None:
            return [], None
        store = SqliteStore(path)
        try:
            rows = list(store.read(ENVIRONMENT))
            digest = getattr(rows[0].event, "plan_digest", "") if rows else ""
            document = store.load_plan(digest) if digest else None
            return rows, from_json(document) if document else None
        finally:
            store.close()

    def starts(self) -> Mapping[str, float]:
        """Service -> when its first process marked that it began."""
        found: dict[str, float] = {}
        for log in (self.base / "s").rglob("starts.log"):
            for line in log.read_text().splitlines():
                at, service, *_ = line.split()
                found[service] = min(found.get(service, float("inf")), float(at))
        return found


def ready_to_verified(rows: Sequence[Recorded]) -> Iterator[float]:
    """Seconds from the last needed fact to the verdict, for each verified service."""
    for row in rows:
        if isinstance(row.event, ServiceJudged) and row.event.verdict is Judged.VERIFIED:
            yield row.at - max(_facts(json.loads(row.event.evidence)["observations"]))


def _facts(seen: Mapping[str, Any]) -> Iterator[float]:
    counts: dict[str, int] = {}
    for answer in seen["health"]:
        workload = answer["workload"]
        counts[workload] = counts.get(workload, 0) + 1 if answer["answer"] == "ok" else 0
        if counts[workload] == ENOUGH:
            yield answer["at"]
    yield from (fact["at"] for fact in (seen["dependencies"], seen["requests"]) if fact)
    yield from (tried["at"] for tried in seen["connections"].values())
    first: dict[str, float] = {}
    for signal_ in seen["signals"]:
        kind = signal_["kind"]
        first[kind] = min(first.get(kind, float("inf")), signal_["first_at"])
    yield from first.values()


def verified_to_start(
    rows: Sequence[Recorded], plan: Plan, starts: Mapping[str, float]
) -> list[float]:
    """Seconds from what let a service start to its start."""
    verified = {
        row.event.service_id: row.at
        for row in rows
        if isinstance(row.event, ServiceJudged) and row.event.verdict is Judged.VERIFIED
    }
    delays: list[float] = []
    for planned in plan.services:
        lower = [s.service_id for s in plan.services if s.effective_tier < planned.effective_tier]
        before = [verified[name] for name in {*planned.owners, *lower} if name in verified]
        if before and planned.service_id in starts:
            delays.append(starts[planned.service_id] - max(before))
    return delays


def spawned(rows: Sequence[Recorded]) -> Mapping[str, float]:
    """Service -> when the supervisor recorded its first process."""
    return {
        row.event.service_id: min(
            instance["started_at"]
            for instance in json.loads(row.event.evidence)["observations"]["seen"]["instances"]
        )
        for row in rows
        if isinstance(row.event, ServiceJudged) and row.event.verdict is Judged.VERIFIED
    }


def resumed(field: Field, after: float) -> tuple[float, float] | None:
    """(seconds to the lease, seconds to the next decision) after kill -9; None if it was over."""
    process = field.start("rollout", "--yes")
    while not _intended(field):
        time.sleep(0.02)
    time.sleep(after)
    process.send_signal(signal.SIGKILL)
    process.wait()
    known = len(field.rows()[0])
    began = time.time()
    field.run("rollout", "--yes")
    rows = field.rows()[0][known:]
    if not any(isinstance(row.event, EffectIntended) for row in rows):
        return None
    first = next(row for row in rows if isinstance(row.event, DECIDES))
    return rows[0].at - began, first.at - began


def _intended(field: Field) -> bool:
    return any(isinstance(row.event, EffectIntended) for row in field.rows()[0])


def shown(what: str, seconds: Sequence[float]) -> None:
    """One line: how many, least, median, 95th percentile and most, in milliseconds."""
    if len(seconds) < 2:
        print(f"{what:<22} too few: {len(seconds)}")
        return
    values = [value * 1000 for value in seconds]
    p95 = statistics.quantiles(values, n=20, method="inclusive")[-1]
    print(
        f"{what:<22} n {len(values):>3}  min {min(values):6.0f}  median "
        f"{statistics.median(values):6.0f}  p95 {p95:6.0f}  max {max(values):6.0f} ms"
    )


def made(name: str, folder: Path) -> Path:
    """The mesh's folder, a repository."""
    if name == "demo":
        write_demo(folder)
        return folder
    shutil.copytree(GO_MESH, folder)
    git = ["git", "-C", str(folder), "-c", "user.name=b", "-c", "user.email=b@example.invalid"]
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "The Go mesh"]):
        subprocess.run([*git, *words], check=True)
    return folder


def measure(mesh: Path, base: Path, rounds: int) -> Mapping[str, list[float]]:
    """Delays of whole rollouts; a first one, that builds everything, does not count."""
    found: dict[str, list[float]] = {}
    for number in range(-1, rounds):
        field = Field(mesh, base / f"r{number}")
        try:
            field.run("rollout", "--yes")
            rows, plan = field.rows()
        finally:
            field.run("down", "--yes")
        if number >= 0 and plan is not None:
            begun = verified_to_start(rows, plan, spawned(rows))
            marked = verified_to_start(rows, plan, field.starts())
            found.setdefault("ready to verified", []).extend(ready_to_verified(rows))
            found.setdefault("verified to spawned", []).extend(begun)
            found.setdefault("verified to marked", []).extend(marked)
    return found


def kill(mesh: Path, base: Path, kills: int) -> Mapping[str, list[float]]:
    """Delays of going on; rollouts that were over before the kill came do not count."""
    found: dict[str, list[float]] = {"resumed: lease": [], "resumed: decision": []}
    for number in range(kills):
        field = Field(mesh, base / f"k{number}")
        try:
            times = resumed(field, 0.05 * number)
        finally:
            field.run("down", "--yes")
        if times is not None:
            found["resumed: lease"].append(times[0])
            found["resumed: decision"].append(times[1])
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description="Delays of real local rollouts.")
    parser.add_argument("--mesh", choices=("go", "demo"), default="go")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--kills", type=int, default=5)
    given = parser.parse_args()
    base = Path(tempfile.mkdtemp(prefix="tb-"))
    try:
        mesh = made(given.mesh, base / "mesh-of-it")
        found = {**measure(mesh, base, given.rounds), **kill(mesh, base, given.kills)}
    finally:
        shutil.rmtree(base, ignore_errors=True)
    print(f"{given.mesh} mesh, {given.rounds} rounds, {given.kills} kills")
    for what, seconds in found.items():
        shown(what, seconds)


if __name__ == "__main__":
    main()
