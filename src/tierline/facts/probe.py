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


Probe = HealthProbe | ReadinessProbe | ConnectionProbe | RequestProbe | ContractProbe


@frozen
class LogLine:
    """A line of output of a workload, cleaned of control characters."""

    service_id: str
    workload: str
    at: Instant | None
    text: str
