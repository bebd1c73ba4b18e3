"""The live view of a watch on a terminal: how long it still takes, and who is not well and why."""

from __future__ import annotations

import time
from types import TracebackType

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.text import Text

from tierline.cli.watch_progress import well
from tierline.conductor.reporter import Reporter
from tierline.facts.decision import Severity
from tierline.facts.instant import Instant
from tierline.report.names import cut
from tierline.report.style import clean
from tierline.report.times import span
from tierline.report.watching import spell_reason
from tierline.rollout.state import State
from tierline.rollout.watch import Watch

_SPARE = 6
"""columns kept free at the right: a terminal echoes Ctrl-C there, and must not wrap"""
_STYLE = {Severity.FAIL: "red", Severity.UNKNOWN: "yellow", Severity.WARN: "dim"}


class LiveWatch(Reporter):
    """A few lines that are redrawn some times a second; the report takes their place in the end."""

    def __init__(self) -> None:
        self._state: State | None = None
        self._note = ""
        self._offset = 0.0
        self._console = Console(stderr=True)
        self._live = Live(
            console=self._console,
            get_renderable=self._render,
            refresh_per_second=4,
            transient=True,
        )

    def __enter__(self) -> LiveWatch:
        self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._live.stop()

    def lost_sight(self, reason: str) -> None:
        self._note = f"lost sight of the target: {clean(reason)}"

    def in_sight(self) -> None:
        self._note = ""

    def watched(self, state: State, at: Instant) -> None:
        self._state = state
        self._offset = at - time.monotonic()

    def _render(self) -> RenderableType:
        state = self._state
        if state is None or state.watch is None:
            return Text("")
        watch, now = state.watch, time.monotonic() + self._offset
        gone = f"{span(now - watch.began_at)} of {span(watch.seconds)}"
        parts: list[RenderableType] = [
            Text(f"{state.rollout} watched for {gone}, {well(state)}", style="bold", no_wrap=True)
        ]
        parts += self._spells(watch, now)
        if self._note:
            parts.append(Text(self._note, style="yellow"))
        return Group(*parts)

    def _spells(self, watch: Watch, now: Instant) -> list[RenderableType]:
        """Those that go on first, then the latest that ended, as many as fit."""
        room = max(3, self._console.height - 4)
        columns = self._console.width - _SPARE
        ended = [one for one in reversed(watch.past) if one.service_id not in watch.present]
        shown = [*watch.present.values(), *ended][:room]
        return [
            Text(
                cut(
                    f"{one.service_id}  {span((one.until or now) - one.since)}  {spell_reason(one)}",
                    columns,
                ),
                style="dim" if one.until is not None else _STYLE[one.severity],
                no_wrap=True,
            )
            for one in shown
        ]
