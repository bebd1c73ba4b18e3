"""Receives what pods send while somebody conducts: OTLP over HTTP on one address, counted by sender.

Pods outlive the command that rolled them out; what they send while nobody listens is missing, not
zero.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from tierline.facts.evidence import Signal, SignalKind
from tierline.facts.instant import Instant
from tierline.targets.telemetry.decode import Batch
from tierline.targets.telemetry.receiver import Receiver
from tierline.targets.telemetry.serving import Serving
from tierline.targets.telemetry.tally import Arrived, Tally


class Telemetry:
    """Listens on `address` (`host:port`); what arrived before is remembered in `store`."""

    def __init__(self, address: str, store: Path, now: Callable[[], Instant]) -> None:
        self._address, self._store, self._now = address, store, now
        self._tally: Tally | None = None
        self._serving: Serving | None = None
        self._told: dict[tuple[str, str, str, str], int] = {}

    def listen(self) -> None:
        """Begin to listen; where somebody else has the address, the next call tries again."""
        if self._tally is None:
            self._tally = Tally(self._store)
        if self._serving is not None:
            return
        host, _, port = self._address.rpartition(":")
        sock = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind((host.strip("[]"), int(port)))
            sock.listen(128)
        except OSError:
            sock.close()
            return
        self._serving = Serving(sock, Receiver(self._take))
        self._serving.start()

    def news(self) -> Iterator[Signal]:
        """Every sender of which more arrived than was told."""
        for sender, row in list(self._tally.rows.items()) if self._tally else ():
            if self._told.get(sender) != row.count:
                self._told[sender] = row.count
                yield _signal(row)

    async def close(self) -> None:
        """End listening, and write what is left."""
        serving, self._serving = self._serving, None
        if serving is not None:
            with suppress(OSError):
                await serving.stop()
        if self._tally is not None:
            self._tally.flush()

    def _take(self, kind: SignalKind, batches: Iterable[Batch]) -> None:
        if self._tally is not None:
            self._tally.add(kind, batches, self._now())


def _signal(row: Arrived) -> Signal:
    return Signal(
        row.service, row.kind, row.version, row.instance, row.first_at, row.last_at, row.count
    )
