"""What is said between a local target and its supervisor; knows not how it travels.

One connection carries one request and then its reply, or a stream of frames. Values of the world
(`Seen`, `Synced`, `Signal`, `LogLine`, `Accepted`, `Refused`) travel as they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum

from tierline.facts.evidence import Requests, Signal
from tierline.facts.instant import Instant
from tierline.facts.observation import Accepted, Refused, Seen, Synced
from tierline.facts.probe import LogLine
from tierline.frozen import frozen
from tierline.targets.protocol import Holder

PROTOCOL = 2
"""raised when an older supervisor could misunderstand a newer client"""


@frozen
class Workload:
    """One process to start: argv as it is, no shell; `env` is added to a clean environment.

    `ports` are the numbers that it was told to listen on, by name; they become the instance's
    `addresses` (`http` -> `127.0.0.1:20001`) and change nothing else.
    """

    name: str
    argv: tuple[str, ...]
    cwd: str
    env: Mapping[str, str] = field(default_factory=dict[str, str])
    ports: Mapping[str, int] = field(default_factory=dict[str, int])


@frozen
class Claim:
    """Win or keep the lease of this environment for `ttl` seconds; a new token is above `above`."""

    environment: str
    holder: Holder
    ttl: float
    above: int = 0


@frozen
class Release:
    """Give the lease back; harmless when `token` has lost it already."""

    token: int


@frozen
class AssignPorts:
    """Numbers for the named ports of a service: the same ones every time."""

    service_id: str
    names: tuple[str, ...]


@frozen
class Launch:
    """Replace whatever runs of the service by these workloads.

    What runs gets `stop_seconds` between SIGTERM and SIGKILL. The same key never starts twice.
    """

    service_id: str
    revision: str
    key: str
    fence: int
    workloads: tuple[Workload, ...]
    stop_seconds: float = 10.0


@frozen
class Stop:
    """End whatever runs of the service."""

    service_id: str
    key: str
    fence: int
    stop_seconds: float = 10.0


@frozen
class FindListener:
    """Who listens on this TCP port?"""

    port: int


@frozen
class Observe:
    """Stream: a `Seen` of each service, `Synced`, then `Seen` on every change."""


@frozen
class WatchSignals:
    """Stream: a `Signal` for all telemetry that arrived so far, then on every change."""


@frozen
class CountRequests:
    """Requests that instances of the service report in their own traces."""

    service_id: str


@frozen
class ReadLogs:
    """Stream: the newest `limit` lines since then, oldest first; `End`, or what follows.

    `workload` "" is all of the service's workloads.
    """

    service_id: str
    workload: str = ""
    since: Instant = 0.0
    limit: int = 100
    follow: bool = False


@frozen
class GetStatus:
    """How the supervisor itself does."""


@frozen
class Shutdown:
    """End the supervisor; with `stop_services` all that it holds first."""

    stop_services: bool
    stop_seconds: float = 10.0


Request = (
    Claim
    | Release
    | AssignPorts
    | Launch
    | Stop
    | FindListener
    | Observe
    | WatchSignals
    | CountRequests
    | ReadLogs
    | GetStatus
    | Shutdown
)


@frozen
class Claimed:
    """The lease is the holder's until then."""

    token: int
    until: Instant


@frozen
class HeldBy:
    """The lease is somebody else's."""

    holder: Holder
    since: Instant
    until: Instant
    token: int = 0


@frozen
class TakenPort:
    """A remembered port that a process outside the service listens on (`by` names it)."""

    name: str
    port: int
    by: str


@frozen
class Ports:
    """`numbers` of all names asked for, those that are taken included."""

    numbers: Mapping[str, int]
    taken: tuple[TakenPort, ...] = ()


class Whose(StrEnum):
    """To whom the process belongs that listens on a port."""

    NOBODY = "nobody"
    INSTANCE = "instance"
    OUTSIDE = "outside"
    UNKNOWN = "unknown"


@frozen
class Listener:
    """Who listens: an instance of ours, somebody else, nobody; unknown if we may not look."""

    whose: Whose
    service_id: str = ""
    instance: str = ""
    pid: int = 0
    command: str = ""


@frozen
class Counted:
    """One entry for each instance that sent traces of requests; without any: unknown, not zero."""

    requests: tuple[Requests, ...]


@frozen
class Status:
    """The supervisor itself. `otlp_url` "" means that telemetry is not received; `now` is its clock.

    `held` is the lease that somebody has, be it run out or not.
    """

    pid: int
    version: str
    state: str
    boot: str
    started_at: Instant
    otlp_url: str
    services: int
    instances: int
    fence: int
    held: HeldBy | None = None
    problems: tuple[str, ...] = ()
    now: Instant = 0.0


@frozen
class Done:
    """It was done; there is nothing to tell."""


@frozen
class End:
    """A stream is complete; without this frame it was cut."""


@frozen
class Failure:
    """The request could not be served at all."""

    code: str
    message: str
    fix: str = ""
    temporary: bool = False


Reply = (
    Accepted
    | Refused
    | Seen
    | Synced
    | Signal
    | LogLine
    | Claimed
    | HeldBy
    | Ports
    | Listener
    | Counted
    | Status
    | Done
    | End
    | Failure
)
