"""Holds what a service published since it began against its contracts, read off the mesh's bus.

The bus is a service of this environment: before its answer counts, the supervisor says that it is the
bus that listens there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial

from tierline.facts.evidence import Answer, Boundary
from tierline.facts.instant import Instant
from tierline.facts.observation import Instance, Phase, Seen
from tierline.facts.probe import EventProbe
from tierline.frozen import frozen
from tierline.targets.asking import http
from tierline.targets.asking.addresses import Address, parse_address
from tierline.targets.asking.bus import BUSES
from tierline.targets.asking.contracts import SECONDS, Held
from tierline.targets.asking.events import Consumers, EventReader, Published
from tierline.targets.local.client import Client
from tierline.targets.local.stage import Staged, Stages

CONTRACTS = "contracts/events"


@frozen
class Publisher:
    """The service whose events are asked for, as known now; `consumers` None: not all is known."""

    service_id: str
    seen: Seen | None
    staged: Staged | None
    consumers: Consumers | None


class EventProber:
    """Reads for the services of one environment; remembers how far."""

    def __init__(self, client: Client, stages: Stages, now: Callable[[], Instant]) -> None:
        self._client, self._stages, self._now = client, stages, now
        self._reader = EventReader()

    async def ask(self, publisher: Publisher, probe: EventProbe, bus: Seen | None) -> Boundary:
        """How its events stand; `bus` is what is seen of the service that keeps them."""
        running = _running(publisher.seen)
        newest = running[-1] if running else None
        held = await self._held(publisher, running, probe, bus)
        name, known = publisher.service_id, newest.id if newest else ""
        quiet = publisher.staged is not None and publisher.staged.publishes == ()
        path = "" if quiet else CONTRACTS
        at, answer = self._now(), held.answer
        return Boundary("", name, path, known, at, answer, held.detail, held.concerns, events=True)

    async def _held(
        self, publisher: Publisher, running: list[Instance], probe: EventProbe, bus: Seen | None
    ) -> Held:
        staged = publisher.staged
        if staged is None or not running:
            return Held(Answer.UNKNOWN, "nothing of it runs")
        if staged.publishes is None:
            detail = "it was staged by a tierline that did not keep what it publishes"
            return Held(Answer.UNKNOWN, detail)
        if not staged.publishes:
            return Held(Answer.OK, "it publishes no events")
        contracts = await asyncio.to_thread(self._stages.events, staged)
        missing = sorted(set(staged.publishes) - contracts.keys())
        if missing:
            return Held(Answer.UNKNOWN, f"{', '.join(missing)} has no contract")
        log = next(reversed(_running(bus)), None)
        found = await self._address(log, probe.bus)
        if log is None or isinstance(found, str):
            return Held(Answer.UNKNOWN, str(found))
        published = Published(
            producer=publisher.service_id,
            since=min(one.started_at for one in running if one.key == running[-1].key),
            log=log.id,
            began=running[-1].id,
            contracts=contracts,
        )
        connection = http.Connection(found.host, found.port)
        ask = partial(connection.get, seconds=SECONDS)
        try:
            return await self._reader.hold(BUSES[probe.kind], ask, published, publisher.consumers)
        finally:
            connection.close()

    async def _address(self, log: Instance | None, bus: str) -> Address | str:
        """Where the bus answers; a text says why nobody knows."""
        address = parse_address(log.addresses.get("http", "")) if log else None
        if log is None or address is None:
            return f"the event bus {bus} does not run"
        listener = await self._client.listener(address.port)
        if listener.service_id != bus or listener.instance != log.id:
            return f"who answers on the port of {bus} is not known"
        return address


def _running(seen: Seen | None) -> list[Instance]:
    """What runs of a service, the newest last; those that serve HTTP after the others."""
    alive = [i for i in seen.instances if i.phase is not Phase.EXITED] if seen else []
    return sorted(alive, key=lambda one: ("http" in one.addresses, one.started_at))
