"""A mesh and a machine's worth of state for end-to-end tests: run tierline, kill it, count starts."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

TIERLINE = (sys.executable, "-m", "tierline")
PATIENCE = 150
JUMP = "import time\nreal = time.time\ntime.time = lambda: real() + {}\n"


@dataclass(frozen=True)
class Field:
    """`folder` holds `mesh/`; `base` the state, runtime and cache folders of this field alone."""

    folder: Path
    base: Path
    hours: int = 0
    """by which the wall clock is ahead that its commands are shown, and not their monotonic one"""

    @property
    def environ(self) -> Mapping[str, str]:
        """The environment of every command: nothing is shared but built artifacts."""
        names = {"XDG_STATE_HOME": "s", "XDG_RUNTIME_DIR": "r"}
        for name in names.values():
            (self.base / name).mkdir(mode=0o700, parents=True, exist_ok=True)
        mine = {name: str(self.base / folder) for name, folder in names.items()}
        if self.hours:
            mine["PYTHONPATH"] = str(self._jump())
        return {**os.environ, **mine, "NO_COLOR": "1"}

    @staticmethod
    def argv(*arguments: str) -> list[str]:
        """A command as it is started."""
        return [*TIERLINE, *arguments]

    def _jump(self) -> Path:
        """A folder from which every Python process takes another wall clock at its start."""
        folder = self.base / f"clock{self.hours:+d}"
        folder.mkdir(exist_ok=True)
        (folder / "sitecustomize.py").write_text(JUMP.format(self.hours * 3600))
        return folder

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """A command in the background, output captured."""
        return subprocess.Popen(
            self.argv(*arguments),
            cwd=self.folder,
            env=self.environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A command, to its end."""
        process = self.start(*arguments)
        out, err = process.communicate(timeout=PATIENCE)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def rollout(self, *arguments: str) -> tuple[int, dict[str, Any]]:
        """`tierline rollout --yes`: its exit code and report."""
        done = self.run("rollout", "--yes", "--format", "json", *arguments)
        assert done.stdout, done.stderr
        return done.returncode, json.loads(done.stdout)

    def starts(self) -> Counter[str]:
        """How often each workload started, by the marks that the services themselves leave."""
        found: Counter[str] = Counter()
        for log in (self.base / "s").rglob("starts.log"):
            for line in log.read_text().splitlines():
                words = line.split()
                found[f"{words[1]}.{words[2]}" if len(words) > 2 else line] += 1
        return found

    def supervisors(self) -> list[psutil.Process]:
        """The supervisors of this field, found by their folder."""
        mine: list[psutil.Process] = []
        for process in psutil.process_iter(["cmdline"]):
            words = process.info["cmdline"] or []
            if "tierline.supervisor" in words and any(str(self.base) in word for word in words):
                mine.append(process)
        return mine

    def services(self) -> list[psutil.Process]:
        """The processes of services of this field, found by the folder that they work in."""
        return [
            process
            for process in psutil.process_iter(["environ"])
            if str(self.base) in (process.info["environ"] or {}).get("DATA_DIR", "")
        ]

    def kill_supervisors(self) -> None:
        """kill -9."""
        for process in self.supervisors():
            process.send_signal(signal.SIGKILL)

    def down(self) -> None:
        """Stop everything that runs here."""
        self.run("down", "--yes")


def states(report: Mapping[str, Any]) -> dict[str, str]:
    """Service -> state of a report."""
    return {service["service_id"]: service["state"] for service in report["services"]}


def dependents(report_plan: Mapping[str, Any], service_id: str) -> set[str]:
    """Everything in a plan document that waits for a service, however far."""
    owners = {s["service_id"]: set(s["owners"]) for s in report_plan["services"]}
    found: set[str] = set()
    behind = {service_id}
    while behind:
        behind = {name for name, needs in owners.items() if needs & behind} - found
        found |= behind
    return found
