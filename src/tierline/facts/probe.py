"""What can be asked of a running service, and a line of its output; knows not who answers."""

from __future__ import annotations

from dataclasses import dataclass

from tierline.facts.instant import Instant


@dataclass(frozen=True, slots=True)
class HealthProbe:
    """Ask a workload for its boot health."""

    workload: str


@dataclass(frozen=True, slots=True)
class ReadinessProbe:
    """Ask the service which owners it reached."""


@dataclass(frozen=True, slots=True)
class ConnectionProbe:
    """Connect to an owner from the service's network position."""

    owner: str


@dataclass(frozen=True, slots=True)
class RequestProbe:
    """Send `count` safe requests; the answer adds to what was counted before."""

    count: int


Probe = HealthProbe | ReadinessProbe | ConnectionProbe | RequestProbe


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line of output of a workload, cleaned of control characters."""

    service_id: str
    workload: str
    at: Instant | None
    text: str
