"""Holds the events that a service published since it began against their contracts.

From the consumers' side: what no consumer relies on is told, and holds nobody.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tierline.contracts.published import misfit, read_payload_schema
from tierline.facts.evidence import Answer
from tierline.facts.instant import Instant
from tierline.frozen import frozen
from tierline.targets.asking import http
from tierline.targets.asking.bus import Ask, Bus, Event, Unreadable
from tierline.targets.asking.contracts import Contract, Held

if TYPE_CHECKING:
    from jsonschema_rs import Validator

_MOST_PAGES = 20
"""pages that are read at once; the rest is read the next time"""
_MOST_BREAKS = 8

Consumers = Callable[[str], Awaitable[Mapping[str, Contract | None]]]
"""event -> consumer -> what it declares to use of the event, None where it does not say"""


@frozen
class Published:
    """Whose events count: those of `producer` since `since`, while `log` and `began` are the same.

    `log` names the instance of the bus, `began` that of the producer. `contracts` are by event.
    """

    producer: str
    since: Instant
    log: str
    began: str
    contracts: Mapping[str, Contract]


@dataclass(slots=True)
class _Read:
    """What was read of one instance's events so far."""

    log: str
    began: str
    position: int = 0
    good: int = 0
    broken: int = 0
    untold: int = 0
    """events that count for nothing: the bus does not say when they came"""
    breaks: list[tuple[Event, str]] = field(default_factory=list[tuple[Event, str]])
    """the first ones, and where they do not fit"""


class EventReader:
    """Remembers how far it has read, and what broke, for the running instance of each service."""

    def __init__(self) -> None:
        self._reads: dict[str, _Read] = {}
        self._checks: dict[Contract, Validator | str] = {}

    async def hold(
        self, bus: Bus, ask: Ask, published: Published, consumers: Consumers | None
    ) -> Held:
        """What broke once stays broken; none seen is unknown, never good and never bad."""
        read = self._reads.get(published.producer)
        if read is None or (read.log, read.began) != (published.log, published.began):
            read = self._reads[published.producer] = _Read(published.log, published.began)
        try:
            trouble = await self._read(bus, ask, published, read)
        except (http.NobodyListens, http.NoAnswer, Unreadable) as error:
            trouble = f"the event bus could not be read: {error}"
        if read.breaks:
            return await self._broken(read, consumers)
        if trouble:
            return Held(Answer.UNKNOWN, trouble)
        if read.good:
            return Held(Answer.OK, f"{read.good} events are as promised")
        if read.untold:
            return Held(Answer.UNKNOWN, "the event bus does not say when its events came")
        return Held(Answer.UNKNOWN, "none was seen since it began")

    async def _read(self, bus: Bus, ask: Ask, published: Published, read: _Read) -> str:
        """Take in what is new; says why some of it could not be compared."""
        trouble = ""
        for _ in range(_MOST_PAGES):
            page = await bus.read(ask, read.position, published.contracts)
            if not page:
                return trouble
            for event in page:
                trouble = self._take_in(event, published, read) or trouble
                read.position = event.position
        return trouble or "more events than were read yet"

    def _take_in(self, event: Event, published: Published, read: _Read) -> str:
        contract = published.contracts.get(event.kind)
        if event.producer != published.producer or contract is None:
            return ""
        if event.at is None:
            read.untold += 1
            return ""
        if event.at < published.since:
            return ""
        check = self._check(contract)
        if isinstance(check, str):
            return check
        told = _misfit(event, check)
        read.broken += bool(told)
        read.good += not told
        if told and len(read.breaks) < _MOST_BREAKS:
            read.breaks.append((event, told))
        return ""

    async def _broken(self, read: _Read, consumers: Consumers | None) -> Held:
        event, told = read.breaks[0]
        words = f"{event.kind}: {told}"
        if read.broken + read.good > 1:
            words = f"{words} ({read.broken} of {read.broken + read.good} events)"
        if consumers is None:
            return Held(Answer.FAILED, words)
        concerned: set[str] = set()
        for one, _ in read.breaks:
            uses = await consumers(one.kind)
            concerned.update(name for name, use in uses.items() if self._uses(use, one))
        return Held(Answer.FAILED, words, tuple(sorted(concerned)))

    def _uses(self, use: Contract | None, event: Event) -> bool:
        """Whether an event that broke its contract breaks what a consumer declares to use of it."""
        check = self._check(use) if use is not None else ""
        return isinstance(check, str) or bool(_misfit(event, check))

    def _check(self, contract: Contract) -> Validator | str:
        if contract not in self._checks:
            self._checks[contract] = read_payload_schema(contract.content, contract.path)
        return self._checks[contract]


def _misfit(event: Event, check: Validator) -> str:
    try:
        return misfit(event.payload, check)
    except ValueError as error:
        return str(error)[:200]
