"""Shows a watch while it goes on: a live view on a terminal, a line an event elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, TextIO

from tierline.conductor.reporter import Reporter
from tierline.facts.decision import Severity
from tierline.facts.instant import Instant
from tierline.report.style import clean
from tierline.report.times import span
from tierline.rollout.events import (
    CommandAccepted,
    Event,
    Judged,
    ServiceDegraded,
    ServiceJudged,
    ServiceRecovered,
    WatchBegan,
)
from tierline.rollout.state import PASSED, State
from tierline.rollout.watch import Watch

if TYPE_CHECKING:
    from tierline.cli.live_watch import LiveWatch

EVERY_SECONDS = 60.0
"""between two lines in which nothing new is told"""


class WatchLines(Reporter):
    """One line for each thing that changes, and one a minute, with the seconds of the watch."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._since: dict[str, Instant] = {}
        self._lost = False
        self._told_at: Instant = 0.0

    def lost_sight(self, reason: str) -> None:
        self._lost = True
        self._say(f"          lost sight of the target: {reason}")

    def in_sight(self) -> None:
        if self._lost:
            self._say("          the target is in sight again")
        self._lost = False

    def happened(self, events: Sequence[Event], state: State, at: Instant) -> None:
        for event in events:
            line = self._line(event, state, at)
            if line:
                self._told_at = at
                self._say(line)

    def watched(self, state: State, at: Instant) -> None:
        if state.watch is not None and at >= self._told_at + EVERY_SECONDS:
            self._told_at = at
            self._say(f"{_after(state.watch, at)}  {well(state)}")

    def _line(self, event: Event, state: State, at: Instant) -> str:
        watch = state.watch
        if watch is None:
            return ""
        begin = _after(watch, at)
        match event:
            case WatchBegan():
                services = len(state.index.services)
                plural = "" if services == 1 else "s"
                return f"{state.rollout}: watching {services} service{plural} for {span(event.seconds)}"
            case ServiceDegraded():
                self._since[event.service_id] = event.since
                word = "remark" if event.severity is Severity.WARN else "degraded"
                why = f"suffers from {event.because}" if event.because else event.message
                return f"{begin}  {word:<10} {event.service_id}  {why}"
            case ServiceRecovered():
                lasted = span(at - self._since.get(event.service_id, at))
                return f"{begin}  recovered  {event.service_id}  after {lasted}"
            case ServiceJudged():
                word = "failed" if event.verdict is Judged.FAILED else "held"
                return f"{begin}  {word:<10} {event.service_id}  {event.message}"
            case CommandAccepted():
                return f"{begin}  {event.command}, asked by {event.by}"
            case _:
                return ""

    def _say(self, text: str) -> None:
        self._stream.write(clean(text) + "\n")
        self._stream.flush()


def well(state: State) -> str:
    """`all 14 well`, `12 of 14 well`: planned services that are not degraded now."""
    watch, names = state.watch, state.index.services
    ill = {
        name
        for name in names
        if state.progress[name].state not in PASSED
        or (
            watch is not None
            and name in watch.present
            and watch.present[name].severity is not Severity.WARN
        )
    }
    count = f"{len(names) - len(ill)} of {len(names)}" if ill else f"all {len(names)}"
    return f"{count} well"


def _after(watch: Watch, at: Instant) -> str:
    return f"{at - watch.began_at:>6.1f} s"


def watch_progress() -> tuple[Reporter, AbstractContextManager[object]]:
    """The reporter for where stderr leads to, and what must be open while it is used."""
    if sys.stderr.isatty():
        from tierline.cli.live_watch import LiveWatch

        live: LiveWatch = LiveWatch()
        return live, live
    return WatchLines(sys.stderr), nullcontext()
