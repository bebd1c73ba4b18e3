"""Asks one server of telemetry for as long as somebody is judged; its answers become signals.

Whose telemetry it is follows from the id of the instance, and that it is new from an answer that
differs from the one before. A remote clock only says how old it was when somebody first looked.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from tierline.conductor.inbox import Inbox
from tierline.conductor.sight import Sight
from tierline.evidence.clock import Clock
from tierline.facts.evidence import Signal, SignalKind
from tierline.facts.instant import Instant
from tierline.facts.observation import Instance, Phase
from tierline.policy.model import SignalSource

if TYPE_CHECKING:
    from tierline.evidence.signals.model import Heard, Question

_TURN_SECONDS = 0.25
"""how soon somebody who is judged is asked about for the first time"""
_FRESH_SECONDS = 20.0
"""who was heard since then is not asked about"""
_LEAST_SECONDS, _MOST_SECONDS = 60.0, 3600.0
"""how far back a question looks"""

Sender = tuple[str, str, str]
"""service, revision and instance"""


class Asking:
    """What is known of one source: what it said last, and of whom it could say nothing."""

    def __init__(self, of: SignalSource, clock: Clock, sight: Sight, inbox: Inbox) -> None:
        self._of, self._clock = of, clock
        self._sight, self._inbox = sight, inbox
        self._known: dict[Sender, tuple[float | None, Signal]] = {}
        self._deaf: set[str] = set()

    async def run(self, judged: Callable[[], tuple[str, ...]]) -> None:
        """Ask about the services that are `judged`, until it is cancelled."""
        from tierline.evidence.signals.model import Unanswered  # noqa: PLC0415 - seldom needed
        from tierline.evidence.signals.table import open_source  # noqa: PLC0415 - the same

        source = open_source(self._of)
        try:
            while True:
                services = judged()
                question = self._question(services)
                if question is None:
                    await asyncio.sleep(_TURN_SECONDS)
                    continue
                try:
                    self._hear(await source.ask(question))
                except Unanswered as error:
                    self._miss(services, str(error))
                await asyncio.sleep(self._of.every)
        finally:
            await source.close()

    def _question(self, services: tuple[str, ...]) -> Question | None:
        """Who is not heard of late, longest silence first; None where that is nobody.

        Logs are asked for until there are some: a service need not go on having anything to log.
        """
        from tierline.evidence.signals.model import Question, Wanted  # noqa: PLC0415 - as above

        now = self._clock.now()
        silent = sorted(
            (self._heard_at(name, instance.id), name, instance.sender or instance.id, instance)
            for name in services
            for instance in self._alive(name)
        )
        once = self._of.signal is SignalKind.LOGS
        wanted = [one for one in silent if one[0] < (1.0 if once else now - _FRESH_SECONDS)]
        if not wanted:
            return None
        began = min((one[3].started_at for one in wanted if not one[0]), default=now)
        back = min(max(now - began + _LEAST_SECONDS, _LEAST_SECONDS), _MOST_SECONDS)
        return Question(tuple(Wanted(name, sender) for _, name, sender, _ in wanted), back)

    def _alive(self, service_id: str) -> list[Instance]:
        seen = self._sight.seen.get(service_id)
        return [one for one in seen.instances if one.phase is not Phase.EXITED] if seen else []

    def _heard_at(self, service_id: str, instance: str) -> Instant:
        signals = self._sight.of(service_id).signals
        mine = (s.at for s in signals if s.kind is self._of.signal and s.instance == instance)
        return max(mine, default=0.0)

    def _hear(self, answer: tuple[Heard, ...]) -> None:
        """Tell what is new; who could not be asked about before can be now."""
        now = self._clock.now()
        for service_id in self._deaf:
            self._inbox.put(self._nothing(service_id, now, ""))
        self._deaf.clear()
        for name in {heard.service_id for heard in answer} & self._sight.seen.keys():
            ids = {one.sender: one.id for one in self._alive(name) if one.sender}
            for heard in answer:
                if heard.service_id == name:
                    self._tell(heard, ids, now)

    def _tell(self, heard: Heard, ids: Mapping[str, str], now: Instant) -> None:
        sender = (heard.service_id, heard.revision, heard.instance)
        newest, known = self._known.get(sender, (None, None))
        if known is None:
            at, kind = now - heard.age, self._of.signal
            instance = ids.get(heard.instance, heard.instance)
            signal = Signal(heard.service_id, kind, heard.revision, instance, at, at, heard.count)
        elif newest is not None and heard.newest is not None and heard.newest > newest:
            signal = replace(known, at=now, count=known.count + 1)
        else:
            return
        self._known[sender] = heard.newest, signal
        self._inbox.put(signal)

    def _miss(self, services: tuple[str, ...], reason: str) -> None:
        now = self._clock.now()
        self._deaf.update(services)
        for service_id in services:
            self._inbox.put(self._nothing(service_id, now, reason))

    def _nothing(self, service_id: str, now: Instant, reason: str) -> Signal:
        return Signal(service_id, self._of.signal, "", "", now, now, 0, reason)
