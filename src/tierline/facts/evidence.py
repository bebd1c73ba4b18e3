"""What was found out about a running service: each fact of one instance, at one instant.

`at` is when we received it, by our own clock; `instance` is the id of the instance that it is
of, "" where the answer came from something that is not an instance of the service.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from tierline.facts.instant import Instant
from tierline.frozen import frozen


class SignalKind(StrEnum):
    """The three kinds of telemetry."""

    LOGS = "logs"
    METRICS = "metrics"
    TRACES = "traces"


class Answer(StrEnum):
    """How a probe ended. `NOBODY`: nothing listens there; `SILENT`: it listens and does not answer."""

    OK = "ok"
    FAILED = "failed"
    NOBODY = "nobody"
    SILENT = "silent"
    UNKNOWN = "unknown"


@frozen
class Health:
    """Boot health of one workload's instance (`/healthz`, or being alive where none is served)."""

    service_id: str
    workload: str
    instance: str
    at: Instant
    answer: Answer
    detail: str = ""


@frozen
class Dependencies:
    """`/readyz`: the owners that it says it asked -> whether each answered."""

    service_id: str
    instance: str
    at: Instant
    answer: Answer
    owners: Mapping[str, bool]
    detail: str = ""


@frozen
class Connection:
    """A connection to an owner tried from the service's own network position."""

    service_id: str
    instance: str
    owner: str
    at: Instant
    answer: Answer
    detail: str = ""


@frozen
class Signal:
    """Telemetry received: `revision` and `instance` are what the sender's resource says.

    `first_at` and `at` are when the first and the last of `count` items arrived. With a `detail`
    nobody knows whether any did: it says why, there are none to count, and no sender is named.
    """

    service_id: str
    kind: SignalKind
    revision: str
    instance: str
    first_at: Instant
    at: Instant
    count: int
    detail: str = ""


@frozen
class Requests:
    """Requests that the instance answered, and how many of them with an error, so far."""

    service_id: str
    instance: str
    at: Instant
    total: int
    errors: int
    detail: str = ""


@frozen
class Boundary:
    """A contract checked live between a consumer and its provider.

    `consumer` "": the answers of `instance`, of the provider, were held against its own contract.
    `concerns` are then the consumers that use what did not hold, those of unknown use among them;
    None where nobody found out. `events`: what it published was held against the contracts of its
    events, and not its answers.
    """

    consumer: str
    provider: str
    contract: str
    instance: str
    at: Instant
    answer: Answer
    detail: str = ""
    concerns: tuple[str, ...] | None = None
    events: bool = False


Evidence = Health | Dependencies | Connection | Signal | Requests | Boundary
