"""Many commands on one environment at once, from two checkouts, some killed and some stopped at random.

Everything follows from the seed but the machine's own timing.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from e2e.rollout.field import Field

COMMANDS = (
    *(("rollout", "--yes"),) * 4,
    *(("rollout", "--yes", "--supersedes", "latest"),) * 3,
    *(("resume",),) * 3,
    ("hold",),
    ("abort",),
    ("status",),
    ("verify",),
    ("report",),
    ("issues",),
    ("plan",),
    ("down", "--yes"),
)
AT_ONCE = 10
SHORT, LONG = (0.2, 2.0), (11.0, 13.0)
"""seconds for which a process is stopped; the second is longer than a lease lasts"""


@dataclass
class Spoken:
    """A command, where what it says goes, and whether we killed it."""

    words: tuple[str, ...]
    process: subprocess.Popen[bytes]
    out: Path
    err: Path
    killed: bool = False
    stopped_until: float = 0.0

    @property
    def told(self) -> str:
        """The command with all that it said, for a failing test."""
        code = self.process.poll()
        return f"{' '.join(self.words)} -> {code}\n{self.out.read_text()}\n{self.err.read_text()}"


@dataclass
class Storm:
    """`run` keeps commands coming; afterwards `spoken` holds all of them, ended."""

    fields: Sequence[Field]
    random: Random
    folder: Path
    spoken: list[Spoken] = field(default_factory=list[Spoken])
    supervisor_stopped: list[tuple[int, float]] = field(default_factory=list[tuple[int, float]])

    def run(self, seconds: float) -> None:
        """Until the time is over, and then until everything has ended by itself."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self._step()
            time.sleep(self.random.uniform(0.02, 0.2))
        self._calm(float("inf"))
        for one in self.spoken:
            one.process.wait(timeout=150)

    def _step(self) -> None:
        living = [one for one in self.spoken if one.process.poll() is None]
        self._calm(time.monotonic())
        if len(living) < AT_ONCE:
            self._speak()
        moving = [one for one in living if not one.stopped_until]
        dice = self.random.random()
        if moving and dice < 0.02:
            victim = self.random.choice(moving)
            victim.killed = True
            victim.process.send_signal(signal.SIGKILL)
        elif moving and dice < 0.07:
            self._stop(self.random.choice(moving))
        elif dice > 0.985:
            self.fields[0].kill_supervisors()
        elif dice > 0.97 and not self.supervisor_stopped:
            self._stop_supervisors()

    def _speak(self) -> None:
        chosen, words = self.random.choice(self.fields), self.random.choice(COMMANDS)
        number = len(self.spoken)
        out, err = self.folder / f"{number}.out", self.folder / f"{number}.err"
        with out.open("wb") as to_out, err.open("wb") as to_err:
            process = subprocess.Popen(
                chosen.argv(*words),
                cwd=chosen.folder,
                env=chosen.environ,
                stdin=subprocess.DEVNULL,
                stdout=to_out,
                stderr=to_err,
            )
        self.spoken.append(Spoken(words, process, out, err))

    def _stop(self, victim: Spoken) -> None:
        span = LONG if self.random.random() < 0.25 else SHORT
        victim.stopped_until = time.monotonic() + self.random.uniform(*span)
        victim.process.send_signal(signal.SIGSTOP)

    def _stop_supervisors(self) -> None:
        until = time.monotonic() + self.random.uniform(*SHORT)
        for process in self.fields[0].supervisors():
            process.send_signal(signal.SIGSTOP)
            self.supervisor_stopped.append((process.pid, until))

    def _calm(self, now: float) -> None:
        """Let those go on whose time of standing still is over."""
        for one in self.spoken:
            if one.stopped_until and one.stopped_until <= now:
                one.stopped_until = 0.0
                if one.process.poll() is None:
                    one.process.send_signal(signal.SIGCONT)
        for pid, until in list(self.supervisor_stopped):
            if until <= now:
                self.supervisor_stopped.remove((pid, until))
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)
