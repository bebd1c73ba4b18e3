"""The live view of a watch on a terminal: how long it still takes, and who is not well and why."""

from __future__ import annotations

from rich.console import RenderableType
from rich.text import Text

from tierline.cli.live_screen import SPARE, LiveScreen
from tierline.cli.watch_progress import well
from tierline.facts.decision import Severity
from tierline.facts.instant import Instant
from tierline.report.names import cut
from tierline.report.times import span
from tierline.report.watching import spell_reason
from tierline.rollout.state import State
from tierline.rollout.watch import Watch

_STYLE = {Severity.FAIL: "red", Severity.UNKNOWN: "yellow", Severity.WARN: "dim"}


class LiveWatch(LiveScreen):
    """A few lines that are redrawn some times a second; the report takes their place in the end."""

    def __init__(self) -> None:
        super().__init__(per_second=4)

    def watched(self, state: State, at: Instant) -> None:
        self.show(state, at)

    def parts(self, state: State, now: Instant) -> list[RenderableType]:
        """How long it has been watched and how many are well, then who is not or was not."""
        watch = state.watch
        if watch is None:
            return []
        gone = f"{span(now - watch.began_at)} of {span(watch.seconds)}"
        words = f"{state.rollout} {state.status}, watched for {gone}: {well(state)}"
        ends = "nothing is started or stopped; Ctrl-C ends the watch early"
        return [
            Text(words, style="bold", no_wrap=True),
            *self._spells(watch, now),
            Text(ends, style="dim", no_wrap=True),
        ]

    def _spells(self, watch: Watch, now: Instant) -> list[RenderableType]:
        """Those that go on first, then the latest that ended, as many as fit."""
        room = max(3, self.console.height - 5)
        columns = self.console.width - SPARE
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
