"""What the live views have in common: a part of the terminal that is redrawn, and a report takes its place."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from types import TracebackType
from typing import Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.text import Text

from tierline.conductor.reporter import Reporter
from tierline.facts.instant import Instant
from tierline.report.style import clean
from tierline.rollout.state import State

SPARE = 6
"""columns kept free at the right: a terminal echoes Ctrl-C there, and must not wrap"""


class LiveScreen(Reporter, ABC):
    """Draws the latest state some times a second, as `parts` says, and a note below it."""

    def __init__(self, per_second: int) -> None:
        self._state: State | None = None
        self._note = ""
        self._offset = 0.0
        self.console = Console(stderr=True)
        self._live = Live(
            console=self.console,
            get_renderable=self._render,
            refresh_per_second=per_second,
            transient=True,
        )

    def __enter__(self) -> Self:
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

    def show(self, state: State, at: Instant) -> None:
        """This state is the latest, at this time of the rollout's clock."""
        self._state = state
        self._offset = at - time.monotonic()

    @abstractmethod
    def parts(self, state: State, now: Instant) -> list[RenderableType]:
        """What is drawn of a state, from top to bottom."""

    def _render(self) -> RenderableType:
        if self._state is None:
            return Text("")
        shown = self.parts(self._state, time.monotonic() + self._offset)
        if self._note:
            shown.append(Text(self._note, style="yellow"))
        return Group(*shown)
