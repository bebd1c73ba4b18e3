"""Shows a rollout while it runs: a live table on a terminal, a line an event elsewhere."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, TextIO

from tierline.conductor.reporter import Reporter
from tierline.facts.instant import Instant
from tierline.ledger.words import command
from tierline.report.event_words import decided
from tierline.report.style import clean
from tierline.rollout.blocked import at_checkpoint, called, why
from tierline.rollout.events import (
    Action,
    CommandAccepted,
    EffectIntended,
    EffectSettled,
    Event,
    Judged,
    LeaseAcquired,
    RollbackDecided,
    RolloutRequested,
    ServiceJudged,
    ServiceObserved,
)
from tierline.rollout.queues import checkpoint_due
from tierline.rollout.state import BACKWARD, Kind, ServiceState, State
from tierline.targets.protocol import Prepared

if TYPE_CHECKING:
    from tierline.cli.live import LiveTable

_SILENT = frozenset({ServiceState.PENDING, ServiceState.VERIFYING})
"""states that are not worth a line: what follows from them is"""


class Lines(Reporter):
    """One line for each thing that changes, with the seconds since the rollout began."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._states: dict[str, ServiceState] = {}
        self._prepared = self._count = 0
        self._lost = self._stopped = False

    def preparing(self, count: int) -> None:
        self._count, self._prepared = count, 0
        self._say(f"          building and staging {count} service{'s' if count > 1 else ''}")

    def prepared(self, item: Prepared) -> None:
        self._prepared += 1
        if not item.ok:
            self._say(f"          {item.service_id}: {clean(item.detail)}")

    def lost_sight(self, reason: str) -> None:
        self._lost = True
        self._say(f"          lost sight of the target: {reason}; nothing starts until it is back")

    def in_sight(self) -> None:
        if self._lost:
            self._say("          the target is in sight again")
        self._lost = False

    def happened(self, events: Sequence[Event], state: State, at: Instant) -> None:
        if not self._states and state.started:
            self._go_on(state)
        for event in events:
            match event:
                case RolloutRequested():
                    self._say(f"{state.rollout}: plan {event.plan_digest[:12]}")
                case LeaseAcquired():
                    self._say(f"{state.rollout}: conducted by {event.holder}, lease {event.fence}")
                case CommandAccepted():
                    because = f": {event.reason}" if event.reason else ""
                    told = f"{event.command}, asked by {event.by}{because}{_passing(event)}"
                    self._say(f"{_after(state, at)}  {told}")
                case RollbackDecided():
                    self._say(f"{_after(state, at)}  {decided(event)}")
                case EffectIntended(action=action) if action in BACKWARD:
                    pass
                case EffectIntended(attempt=attempt) if attempt > 1:
                    self._say(f"{_after(state, at)}  {event.service_id}: attempt {attempt}")
                case _:
                    pass
        for name in self._moved(state, events):
            self._states[name] = state.progress[name].state
            self._changed(state, name, at)
        self._at_checkpoint(state, at)

    def _at_checkpoint(self, state: State, at: Instant) -> None:
        """Once for each checkpoint, when all that was verified before it is so (again)."""
        waits = at_checkpoint(state) if checkpoint_due(state) else ""
        if waits and not self._stopped:
            self._say(f"{_after(state, at)}  {waits}; go on: {command(state, 'resume')}")
        self._stopped = bool(waits)

    def _go_on(self, state: State) -> None:
        """What was so before is counted, not told again."""
        self._states = {name: progress.state for name, progress in state.progress.items()}
        counted = Counter(self._states.values())
        told = ", ".join(f"{counted[one]} {one}" for one in ServiceState if counted[one])
        self._say(f"{state.rollout}: goes on from {told}")

    def _moved(self, state: State, events: Sequence[Event]) -> list[str]:
        """Services whose state is new: what ended first, then what it made possible.

        In a large mesh nearly all turns concern a few services: only those are looked at then.
        """
        alone = [_alone(event) for event in events]
        names = set(alone) if self._states and alone and all(alone) else state.progress.keys()
        moved = [n for n in names if self._states.get(n) is not state.progress[n].state]
        order = list(ServiceState)
        return sorted(
            moved, key=lambda n: (order.index(state.progress[n].state) < 3, state.index.rank(n))
        )

    def _changed(self, state: State, name: str, at: Instant) -> None:
        progress = state.progress[name]
        if progress.state in _SILENT or (
            progress.state is ServiceState.STARTING and progress.action is Action.CHECK
        ):
            return
        waits = ", ".join(
            f"waits for {blocked.by}" if blocked.kind is Kind.OWNER else blocked.message
            for blocked in why(state, name)
        )
        reasons = progress.reason or waits
        text = f"{_after(state, at)}  {progress.word:<10} {name}  {clean(reasons)}"
        self._say(text.rstrip())

    def _say(self, text: str) -> None:
        self._stream.write(clean(text) + "\n")
        self._stream.flush()


def _alone(event: Event) -> str:
    """The one service whose state an event can move; "" where it may be that of others, too."""
    match event:
        case ServiceObserved() | EffectIntended() | EffectSettled(outcome="accepted"):
            return event.service_id
        case ServiceJudged(verdict=Judged.VERIFIED):
            return event.service_id
        case _:
            return ""


def _passing(event: CommandAccepted) -> str:
    return f"; passes the checkpoint after {called(event.passes)}" if event.passes else ""


def _after(state: State, at: Instant) -> str:
    return f"{at - state.requested_at:>6.1f} s"


def progress() -> tuple[Reporter, AbstractContextManager[object]]:
    """The reporter for where stderr leads to, and what must be open while it is used."""
    if sys.stderr.isatty():
        from tierline.cli.live import LiveTable

        live: LiveTable = LiveTable()
        return live, live
    return Lines(sys.stderr), nullcontext()
