"""The supervisor itself: holds the parts together and says what changed; decides nothing."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections.abc import Iterable
from dataclasses import replace

import tierline
from tierline.errors import TemporaryError
from tierline.evidence.clock import WallClock
from tierline.facts.evidence import Requests, Signal, SignalKind
from tierline.facts.instant import Instant
from tierline.facts.observation import Seen
from tierline.supervisor.effects import Effects
from tierline.supervisor.feed import Feed
from tierline.supervisor.instances import Instances
from tierline.supervisor.layout import Layout
from tierline.supervisor.lease import LeaseKeeper, Moment
from tierline.supervisor.ports import PortBook
from tierline.supervisor.promises import Promises, place
from tierline.supervisor.reading import Reading
from tierline.supervisor.record import Records
from tierline.supervisor.starting import Starter
from tierline.supervisor.telemetry_port import port_of, reserve
from tierline.supervisor.watch import Watch
from tierline.targets.host import process
from tierline.targets.local.messages import AssignPorts, Counted, Ports, Status, TakenPort, Whose
from tierline.targets.telemetry.decode import Batch
from tierline.targets.telemetry.receiver import Receiver
from tierline.targets.telemetry.serving import Serving
from tierline.targets.telemetry.tally import Arrived, Tally


class Holder:
    """Everything of one environment. `seen` and `signals` tell what changes."""

    def __init__(self, layout: Layout) -> None:
        self._records = Records(layout)
        self.lease = LeaseKeeper(layout.state / "lease.json", time.monotonic())
        self._tally = Tally(layout.state / "telemetry.db")
        self.clock = WallClock(self._newest())
        self._layout, self._started_at = layout, self.clock.now()
        self._names: dict[str, str] = {}
        self.seen: Feed[Seen] = Feed()
        self.signals: Feed[Signal] = Feed()
        self._ports = PortBook(layout.state / "ports.json", str(layout.state), Promises(place()))
        self._instances = Instances(layout, self._records, self.clock)
        self._starter = Starter(layout, self._records, self._instances, self.clock)
        self.effects = Effects(layout, self._records, self._instances, self.lease, self._starter)
        self.watch = Watch(layout, self._instances, self.clock)
        self.reading = Reading(layout, self._instances, self.watch)
        self._problems: list[str] = []
        self._serving: Serving | None = None
        self._watching: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Receive telemetry, adopt what runs, watch it."""
        self._instances.changed = self.effects.changed = self._changed
        self._starter.started = self.watch.wake
        self._receive()
        await self.effects.adopt()
        if all(held.ended is not None for held in self._instances.all()):
            with contextlib.suppress(OSError):
                self._ports.give_up_taken()
        for service_id in self.effects.states:
            self._changed(service_id)
        for record in self._records.all():
            self._names[record.launch] = record.instance
        for row in self._tally.rows.values():
            self._tell(row)
        self._watching = asyncio.create_task(self.watch.run())

    async def stop(self) -> None:
        """Leave services alone and end everything of our own."""
        if self._watching is not None:
            self._watching.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._watching
        if self._serving is not None:
            await self._serving.stop()
        self._tally.close()

    def moment(self) -> Moment:
        """Now, by both clocks."""
        return Moment(self.clock.now(), time.monotonic())

    def assign(self, request: AssignPorts) -> Ports:
        """The numbers, and those of them on which somebody else listens now."""
        numbers = self._ports.assign(request.service_id, request.names)
        taken: list[TakenPort] = []
        for name, number in numbers.items():
            found = self.watch.listener(number)
            if found.whose is Whose.NOBODY or found.service_id == request.service_id:
                continue
            by = found.service_id or f"pid {found.pid or 'unknown'} {found.command}".strip()
            taken.append(TakenPort(name, number, by))
        return Ports(numbers, tuple(taken))

    def count(self, service_id: str) -> Counted:
        """Requests that instances of the service reported in traces."""
        return Counted(
            tuple(
                Requests(service_id, self._instance(row), row.last_at, row.requests, row.errors)
                for row in self._tally.rows.values()
                if row.service == service_id and row.kind is SignalKind.TRACES and row.requests
            )
        )

    def status(self) -> Status:
        """How we do."""
        lease = self.lease.lease
        return Status(
            pid=os.getpid(),
            version=tierline.__version__,
            state=str(self._layout.state),
            boot=process.boot_id(),
            started_at=self._started_at,
            otlp_url=self._starter.otlp_url,
            services=len(self.effects.states),
            instances=sum(held.ended is None for held in self._instances.all()),
            fence=lease.token,
            held=lease.held(self.moment()),
            problems=(*self._problems, *self._records.problems, *self._tally.problems),
            now=self.clock.now(),
        )

    def _newest(self) -> Instant:
        """The newest instant that a predecessor wrote down: whatever the wall clock says, it is over."""
        seen = [row.last_at for row in self._tally.rows.values()]
        began = [record.started_at for record in self._records.all()]
        return max([self.lease.lease.since, *began, *seen])

    def _receive(self) -> None:
        try:
            sock, problem = reserve(self._layout.state / "receiver.json")
        except (OSError, TemporaryError) as error:
            self._problems.append(f"no telemetry is received: {error}")
            return
        if problem:
            self._problems.append(problem)
        self._starter.otlp_url = f"http://127.0.0.1:{port_of(sock)}"
        self._serving = Serving(sock, Receiver(self._take))
        self._serving.start()

    def _take(self, kind: SignalKind, batches: Iterable[Batch]) -> None:
        """Stored before the sender is answered: what we acknowledged, a successor still knows."""
        arrived = self._tally.add(kind, batches, self.clock.now())
        self._tally.flush()
        for row in arrived:
            self._tell(row)

    def _tell(self, row: Arrived) -> None:
        signal = Signal(
            row.service,
            row.kind,
            row.version,
            self._instance(row),
            row.first_at,
            row.last_at,
            row.count,
        )
        self.signals.publish("\0".join(row.sender), signal)

    def _instance(self, row: Arrived) -> str:
        """Our own id of the sender, or what it calls itself if we never started such a one."""
        return self._names.get(row.instance, row.instance)

    def _changed(self, service_id: str) -> None:
        for held in self._instances.of(service_id):
            self._names[held.record.launch] = held.record.instance
        new, known = self.effects.seen(service_id, self.clock), self.seen.known.get(service_id)
        if known is None or replace(new, at=known.at) != known:
            self.seen.publish(service_id, new)
