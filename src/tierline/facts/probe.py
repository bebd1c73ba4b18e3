"""What can be asked of a running service, and a line of its output; knows not who answers."""

from __future__ import annotations

from tierline.facts.instant import Instant
from tierline.frozen import frozen


@frozen
class HealthProbe:
    """Ask a workload for its boot health."""

    workload: str


@frozen
class ReadinessProbe:
    """Ask the service which owners it reached."""


@frozen
class ConnectionProbe:
    """Connect to an owner from the service's network position."""

    owner: str


@frozen
class RequestProbe:
    """Send `count` safe requests; the answer adds to what was counted before."""

    count: int


@frozen
class ContractProbe:
    """Ask for answers that are safe to ask for, and hold them against the service's contract."""


@frozen
class EventProbe:
    """Hold the events that the service published since it began against their contracts.

    `bus` is the service that keeps events; `kind` is how it is read.
    """

    bus: str
    kind: str


OwnProbe = HealthProbe | ReadinessProbe | ConnectionProbe | RequestProbe | ContractProbe
"""what the service itself is asked"""
Probe = OwnProbe | EventProbe


@frozen
class LogLine:
    """A line of output of a workload, cleaned of control characters."""

    service_id: str
    workload: str
    at: Instant | None
    text: str
