"""The shape of `[environments.E.sources.SIGNAL]`: which server is asked for telemetry; needs pydantic."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from tierline.facts.evidence import SignalKind
from tierline.policy.model import EventSource, SignalSource

_SYNTHETIC = ("up", "scrape_")
"""what Prometheus writes itself, whether or not a service answered"""


def _address(url: str) -> str:
    parts = urlsplit(url)
    if not parts.hostname or parts.username is not None or parts.query or parts.fragment:
        msg = "a source is http://host:port or https://host, perhaps with a path, and no more"
        raise ValueError(msg)
    return url.rstrip("/")


def _of_the_service(metric: str) -> str:
    if metric == _SYNTHETIC[0] or metric.startswith(_SYNTHETIC[1]):
        msg = f"{metric} says that a service was asked, not that it answered; name one of its own"
        raise ValueError(msg)
    return metric


Url = Annotated[str, Field(pattern=r"^https?://[!-~]{1,500}$"), AfterValidator(_address)]
Label = Annotated[str, Field(pattern=r"^$|^[A-Za-z_][A-Za-z0-9_.-]{0,99}$")]
PlainLabel = Annotated[str, Field(pattern=r"^$|^[A-Za-z_][A-Za-z0-9_]{0,99}$")]
Match = Annotated[str, Field(pattern=r"^[^{}]*$", max_length=500)]
MetricName = Annotated[
    str, Field(pattern=r"^[A-Za-z_:][A-Za-z0-9_:]{0,199}$"), AfterValidator(_of_the_service)
]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)


class PlainLabelsTable(_Table):
    """Under which labels a server of metrics or logs keeps who sent something."""

    service: PlainLabel = ""
    version: PlainLabel = ""
    instance: PlainLabel = ""


class LabelsTable(_Table):
    """Under which attributes of a resource a server of traces keeps who sent something."""

    service: Label = ""
    version: Label = ""
    instance: Label = ""


class _SourceTable(_Table):
    url: Url
    """where the server is"""
    tenant: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.|-]{0,150}$")] = ""
    """the X-Scope-OrgID that it is asked for"""
    token_file: Annotated[str, Field(max_length=1000)] = ""
    """a file with a bearer token, relative to the policy file's folder; never one of the mesh"""
    every: Annotated[float, Field(ge=1, le=60)] = 5.0
    """seconds between two questions"""


class MetricsSource(_SourceTable):
    """A Prometheus, or what speaks its API."""

    kind: Literal["prometheus"]
    labels: PlainLabelsTable = Field(default_factory=PlainLabelsTable)
    """job, service_version and instance unless stated"""
    metric: MetricName = "target_info"
    """the metric by which an instance shows that its metrics arrive"""
    match: Match = ""
    """further matchers, such as cluster="eu-1\""""


class LogsSource(_SourceTable):
    """A Loki."""

    kind: Literal["loki"]
    labels: PlainLabelsTable = Field(default_factory=PlainLabelsTable)
    """service_name, service_version and service_instance_id unless stated"""
    match: Match = ""
    """further matchers, such as cluster="eu-1\""""


class TracesSource(_SourceTable):
    """A Tempo or a Jaeger."""

    kind: Literal["tempo", "jaeger"]
    labels: LabelsTable = Field(default_factory=LabelsTable)
    """service.name, service.version and service.instance.id unless stated"""


class EventsSource(_Table):
    """The bus of the mesh, whose events are held against their contracts."""

    kind: Literal["http-log"]
    """how it is read: GET /events?after=POSITION&types=A,B"""
    service: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$")]
    """its service id"""


class SourcesTable(_Table):
    """Servers that are asked for telemetry, beside what is received, and for events."""

    metrics: MetricsSource | None = None
    logs: LogsSource | None = None
    traces: TracesSource | None = None
    events: EventsSource | None = None


def sources_of(table: SourcesTable) -> Iterator[SignalSource]:
    """What a validated table says, in the order of the kinds of telemetry."""
    for signal in SignalKind:
        one: MetricsSource | LogsSource | TracesSource | None = getattr(table, signal)
        if one is not None:
            yield SignalSource(
                signal,
                one.kind,
                one.url,
                {name: value for name, value in one.labels.model_dump().items() if value},
                getattr(one, "metric", ""),
                getattr(one, "match", ""),
                one.tenant,
                one.token_file,
                one.every,
            )


def bus_of(table: SourcesTable) -> EventSource | None:
    """Where events are read, if anywhere."""
    return EventSource(table.events.kind, table.events.service) if table.events else None
