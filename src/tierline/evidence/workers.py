"""Asks several processes about many folders at once; what they do not answer is done here."""

from __future__ import annotations

import os
import sys
from collections import Counter, deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from subprocess import DEVNULL, PIPE, Popen
from threading import Lock

from tierline.evidence.folder import Around, Known, Question, learn
from tierline.evidence.remembered import wire
from tierline.evidence.worker import receive, send

BATCH = 50
MOST = 8
LOOK_SECONDS = 1.0
PATIENCE = 60
"""looks in a row at which a process may have answered nothing before it is ended"""
_COMMAND = ("-P", "-m", "tierline.evidence.worker")

Batch = tuple[int, Sequence[Question]]


def learn_all(questions: Sequence[Question], around: Around) -> list[Known]:
    """The answers in the order of the questions, from here or from other processes."""
    count = min(MOST, len(os.sched_getaffinity(0)))
    if count < 2:
        return [learn(one, around) for one in questions]
    try:
        about = wire.encode(around)
    except UnicodeEncodeError:
        return [learn(one, around) for one in questions]
    found: list[Known | None] = [None] * len(questions)
    with _Pool(count, about) as pool:
        pool.ask(questions, found)
    return [
        learn(question, around) if one is None else one
        for question, one in zip(questions, found, strict=True)
    ]


class _Pool:
    """Some worker processes. What one of them cannot answer stays unanswered."""

    def __init__(self, count: int, about: bytes) -> None:
        self._about = about
        self._lock = Lock()
        self._silent: Counter[Popen[bytes]] = Counter()
        self._processes: list[Popen[bytes]] = []
        with suppress(OSError):  # too few descriptors, processes, or memory: then with fewer
            for _ in range(count):
                command = (sys.executable, *_COMMAND)
                self._processes.append(Popen(command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL))

    def __enter__(self) -> _Pool:
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._processes:
            process.kill()
        for process in self._processes:
            process.wait()
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    with suppress(OSError):
                        stream.close()

    def ask(self, questions: Sequence[Question], found: list[Known | None]) -> None:
        """Fill in what the workers find."""
        starts = range(0, len(questions), BATCH)
        waiting = deque((start, questions[start : start + BATCH]) for start in starts)
        with ThreadPoolExecutor(max(1, len(self._processes))) as threads:
            jobs = [threads.submit(self._use, one, waiting, found) for one in self._processes]
            try:
                while wait(jobs, LOOK_SECONDS).not_done:
                    self._end_silent()
                for job in jobs:
                    job.result()
            except BaseException:
                waiting.clear()
                for process in self._processes:
                    process.kill()
                raise

    def _end_silent(self) -> None:
        """End who is stopped or hangs. Looks are counted, since we may have been stopped ourselves."""
        for process in self._processes:
            self._silent[process] += 1
            if self._silent[process] > PATIENCE:
                process.kill()

    def _use(self, process: Popen[bytes], waiting: deque[Batch], found: list[Known | None]) -> None:
        if process.stdin is None or process.stdout is None:
            return
        with suppress(OSError, *wire.BAD):
            send(process.stdin, self._about)
            while batch := self._next(waiting):
                start, questions = batch
                send(process.stdin, wire.encode(questions))
                answer = receive(process.stdout)
                self._silent[process] = 0
                known = () if answer is None else wire.answers(answer)
                if len(known) != len(questions):
                    return
                found[start : start + len(known)] = known

    def _next(self, waiting: deque[Batch]) -> Batch | None:
        with self._lock:
            return waiting.popleft() if waiting else None
