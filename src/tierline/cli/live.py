"""The live view of a rollout on a terminal: what moves now, what stands still and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from rich.console import RenderableType
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from tierline.cli.live_screen import SPARE, LiveScreen
from tierline.facts.instant import Instant
from tierline.ledger.words import command
from tierline.report.names import cut, short_names
from tierline.report.times import span
from tierline.rollout.blocked import at_checkpoint, chain, why
from tierline.rollout.events import Event
from tierline.rollout.state import IN_FLIGHT, PASSED, Kind, ServiceState, State, Status
from tierline.targets.protocol import Prepared

_STYLE = {
    ServiceState.PENDING: "dim",
    ServiceState.STARTING: "cyan",
    ServiceState.VERIFYING: "cyan",
    ServiceState.VERIFIED: "green",
    ServiceState.UNCHANGED: "green",
    ServiceState.FAILED: "bold red",
    ServiceState.HELD: "yellow",
    ServiceState.RESTORED: "yellow",
}
_REASON = {
    ServiceState.PENDING: "dim",
    ServiceState.VERIFYING: "dim",
    ServiceState.HELD: "dim",
}
_WIDE = 100
"""from so many columns on the bar is drawn"""
_MARK = {
    ServiceState.PENDING: "·",
    ServiceState.STARTING: "▸",
    ServiceState.VERIFYING: "◌",
    ServiceState.VERIFIED: "✓",
    ServiceState.UNCHANGED: "=",
    ServiceState.FAILED: "✗",
    ServiceState.HELD: "‖",
    ServiceState.RESTORED: "↩",
}


class LiveTable(LiveScreen):
    """A table that is redrawn some times a second; the report takes its place in the end."""

    def __init__(self) -> None:
        super().__init__(per_second=8)
        self._short: Mapping[str, str] = {}
        self._built = self._count = 0

    def preparing(self, count: int) -> None:
        self._built, self._count = 0, count

    def prepared(self, item: Prepared) -> None:
        self._built += 1

    def lost_sight(self, reason: str) -> None:
        super().lost_sight(f"{reason}; nothing starts until it is back")

    def happened(self, events: Sequence[Event], state: State, at: Instant) -> None:
        if not self._short:
            self._short = short_names(state.progress)
        self.show(state, at)

    def parts(self, state: State, now: Instant) -> list[RenderableType]:
        """Counts, a line a service, and what a person has to know or to do."""
        parts: list[RenderableType] = [self._header(state, now), self._table(state, now)]
        if state.status is Status.HOLDING:
            parts.append(Text("holding: what is on its way is seen through", style="yellow"))
            parts.append(Text("Ctrl-C again leaves at once", style="yellow"))
        if waits := at_checkpoint(state):
            parts.append(Text(waits, style="yellow"))
            go_on = f"go on, from another terminal: {command(state, 'resume')}; Ctrl-C holds"
            parts.append(Text(go_on, style="yellow"))
        return parts

    def _header(self, state: State, now: Instant) -> Table:
        planned = state.index.services
        counts = Counter(state.progress[name].state for name in planned)
        passed = sum(counts[s] for s in PASSED)
        words = [f"{passed} of {len(planned)} verified"]
        words += [f"{n} {word}" for word, n in self._others(counts) if n]
        if self._built < self._count:
            words.append(f"built {self._built} of {self._count}")
        grid = Table.grid(padding=(0, 1))
        end = state.ended_at if state.ended_at is not None else now
        cells: list[RenderableType] = [
            Text(f"{state.rollout} {state.status}", style="bold", no_wrap=True),
            Text(f"{end - state.requested_at:.1f} s", style="dim", no_wrap=True),
            Text(", ".join(words), no_wrap=True, overflow="ellipsis"),
        ]
        if self.console.width >= _WIDE:
            cells.insert(1, ProgressBar(total=max(1, len(planned)), completed=passed, width=20))
        grid.add_row(*cells)
        return grid

    @staticmethod
    def _others(counts: Counter[ServiceState]) -> list[tuple[str, int]]:
        flying = sum(counts[s] for s in IN_FLIGHT)
        return [
            ("failed", counts[ServiceState.FAILED]),
            ("held", counts[ServiceState.HELD]),
            ("on their way", flying),
        ]

    def _table(self, state: State, now: Instant) -> Table:
        names = list(state.index.services)
        room = max(5, self.console.height - 5)
        shown = names if len(names) <= room else self._interesting(state, names)[:room]
        wide = max((len(name) for name in shown), default=0)
        wide = min(wide, self.console.width * 2 // 5)
        rest = self.console.width - wide - 12 - SPARE
        table = Table.grid(padding=(0, 1), expand=False)
        for columns in (1, wide, 9, rest):
            table.add_column(width=columns, no_wrap=True)
        for name in shown:
            progress = state.progress[name]
            style = _STYLE[progress.state]
            table.add_row(
                Text(_MARK[progress.state], style=style),
                Text(cut(name, wide)),
                Text(progress.word, style=style),
                Text(cut(self._why(state, name, now), rest), style=_REASON.get(progress.state, "")),
            )
        if len(shown) < len(names):
            table.add_row("", Text(f"and {len(names) - len(shown)} more", style="dim"), "", "")
        return table

    def _why(self, state: State, name: str, now: Instant) -> str:
        """In few words what it waits for; the report has all of them."""
        progress = state.progress[name]
        if progress.state is ServiceState.VERIFYING:
            limit = state.plan.rules.limits.verify_seconds
            return f"{span(now - progress.since)} of at most {span(limit)}"
        unbuilt = self._built < self._count and not state.started
        if unbuilt and progress.state is ServiceState.PENDING:
            return "waits until all are built"
        blocked = why(state, name)
        if not blocked:
            return progress.reason
        if blocked[0].kind is Kind.OWNER:
            last = chain(state, name)[-1]
            names = [last] if last != name else [one.by for one in blocked]
            return f"waits for {', '.join(self._short.get(one, one) for one in names)}"
        if blocked[0].kind is Kind.TIER and progress.state is ServiceState.PENDING:
            return f"waits for tier {blocked[0].by.removeprefix('t')}"
        return "; ".join(one.message for one in blocked)

    @staticmethod
    def _interesting(state: State, names: list[str]) -> list[str]:
        """What fails, then what moves, then what is held or waits; the verified last."""
        order = (
            ServiceState.FAILED,
            ServiceState.VERIFYING,
            ServiceState.STARTING,
            ServiceState.RESTORED,
            ServiceState.HELD,
            ServiceState.PENDING,
            ServiceState.VERIFIED,
            ServiceState.UNCHANGED,
        )
        return sorted(names, key=lambda name: order.index(state.progress[name].state))
