"""What a conductor works with; wired by whoever starts it."""

from __future__ import annotations

from tierline.conductor.reporter import Reporter
from tierline.evidence.clock import Clock
from tierline.frozen import frozen
from tierline.policy.model import EventSource, SignalSource
from tierline.store.protocol import Store
from tierline.targets.protocol import Target


@frozen
class World:
    """Where it writes, what it acts on, by which clock, and who is told.

    `sources` are asked for telemetry, beside what the target itself receives; on `bus` events are read.
    """

    environment: str
    store: Store
    target: Target
    clock: Clock
    reporter: Reporter
    sources: tuple[SignalSource, ...] = ()
    bus: EventSource | None = None
