"""What a target saw, and how it answered an effect; the same words for every target."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum

from tierline.facts.instant import Instant
from tierline.frozen import frozen


class Phase(StrEnum):
    """Where an instance is in its life."""

    STARTING = "starting"
    RUNNING = "running"
    EXITED = "exited"


@frozen
class Instance:
    """One running copy of a workload. Evidence binds to `id`, which is never used twice.

    `addresses` maps a port name to where it was told to listen (`http` -> `127.0.0.1:20001`);
    `listening` are the ports that processes of the instance really hold open, None if not known.
    `reason` is for people: the exit's cause, the last line of output. `sender` is how its telemetry
    names it, "" where that is its id. `doubt` says why its revision is not known, or not the planned
    one, where a target knows that.
    """

    id: str
    workload: str
    revision: str
    phase: Phase
    exit_code: int | None = None
    reason: str = ""
    restarts: int = 0
    key: str = ""
    started_at: Instant = 0.0
    addresses: Mapping[str, str] = field(default_factory=dict[str, str])
    listening: tuple[int, ...] | None = None
    sender: str = ""
    doubt: str = ""


@frozen
class Fault:
    """Why what an effect began will never run, by the target's own word (`start/image`, ...)."""

    code: str
    message: str


@frozen
class Seen:
    """All there is of one service now. `settled`: the target is not changing it at this moment.

    `last_key` is the key of the last effect that the target accepted for it, "" for none; `fence`
    the fence that came with it. `waits` says what a service that is not settled waits for; `fault`
    why the effect of `last_key` cannot succeed, None as long as it may.
    """

    service_id: str
    instances: tuple[Instance, ...]
    last_key: str = ""
    fence: int = 0
    settled: bool = True
    at: Instant = 0.0
    waits: str = ""
    fault: Fault | None = None


@frozen
class Synced:
    """From here on absence means something: these services exist, no others."""

    services: frozenset[str]


@frozen
class Lost:
    """The view broke off; what was seen before may be stale until the next `Synced`."""

    reason: str


Observation = Seen | Synced | Lost


@frozen
class Accepted:
    """The target took the effect on; whether it works is learnt by observing."""


@frozen
class Refused:
    """The target did not take it on. `temporary`: the same may be accepted later."""

    code: str
    message: str
    temporary: bool = False


@frozen
class Unknown:
    """Nobody can say whether it was taken on: observe, then send the same key again."""

    reason: str


Outcome = Accepted | Refused | Unknown
