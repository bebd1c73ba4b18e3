"""Progress of tests on stderr: one line that changes on a terminal, a line a suite elsewhere."""

from __future__ import annotations

import os
import sys
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tierline.cli import output
from tierline.conductor.testing import Listener
from tierline.evidence.suites.ran import End
from tierline.mesh.names import short_id
from tierline.report.times import span

if TYPE_CHECKING:
    from tierline.evidence.suites.ran import Ran
    from tierline.facts.testing import Suite

_ERASE = "\r\x1b[K"
_SPARE = 6
"""columns kept free: a terminal echoes Ctrl-C there"""


@contextmanager
def progress(total: int) -> Generator[Listener]:
    """Who is told of `total` suites, until the block ends."""
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield Lines()
        return
    line = OneLine(total)
    try:
        yield line
    finally:
        line.clear()


def told(service_id: str, suite: Suite, ran: Ran) -> str:
    """A suite that came to its end, in one line."""
    name = f"{short_id(service_id)} {suite}"
    if ran.end is End.PASSED:
        return f"{name}: {ran.counts.passed} passed in {span(ran.seconds)}"
    return f"{name}: {ran.end}: {ran.reason}"


class Lines(Listener):
    """A line a suite, as it ends."""

    def ran(self, service_id: str, suite: Suite, ran: Ran) -> None:
        output.note(told(service_id, suite, ran))


class OneLine(Listener):
    """A line that says how far it is; what fails scrolls past above it."""

    def __init__(self, total: int) -> None:
        self._total, self._ended, self._failed = total, 0, 0
        self._running: dict[str, str] = {}

    def began(self, service_id: str, suite: Suite) -> None:
        self._running[service_id] = f"{short_id(service_id)} {suite}"
        self._draw()

    def ran(self, service_id: str, suite: Suite, ran: Ran) -> None:
        self._ended += 1
        self._failed += ran.end is End.FAILED
        self._running.pop(service_id, None)
        if ran.end is End.FAILED:
            self.clear()
            output.note(told(service_id, suite, ran))
        self._draw()

    def clear(self) -> None:
        """Take the line back."""
        sys.stderr.write(_ERASE)
        sys.stderr.flush()

    def _draw(self) -> None:
        failed = f", {self._failed} failed" if self._failed else ""
        running = ", ".join(self._running.values())
        text = f"{self._ended} of {self._total} suites{failed}; running {running or 'none'}"
        columns = max(20, output.stderr_width() - _SPARE)
        sys.stderr.write(_ERASE + text[:columns])
        sys.stderr.flush()
