"""What a service's Kubernetes manifests declare, as values; knows no YAML and no cluster."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from tierline.frozen import frozen
from tierline.mesh.defect import Place


@frozen
class Probe:
    """`how` is http, tcp, grpc or exec (`command` is then its program only).

    `port` is a name or a number as text. `timings` maps `periodSeconds` and its like to what is
    written: seconds or counts.
    """

    kind: str
    how: str
    path: str
    port: str
    timings: Mapping[str, int]
    place: Place
    command: str = ""


@frozen
class NamedPort:
    """A port of a container, a Kubernetes Service or a Compose service; 0: not a plain number."""

    name: str
    number: int
    place: Place


@frozen
class Variable:
    """An environment variable by name. `source`: value, configmap NAME, secret NAME, field.

    `number` is its value where it names a port and is a number; no other value is kept.
    """

    name: str
    source: str
    place: Place
    number: int | None = None


@frozen
class Reference:
    """A ConfigMap or Secret by name: all its keys as variables (`envFrom`), or `mounted`."""

    kind: str
    name: str
    place: Place
    mounted: bool = False


@frozen
class Container:
    """One container. `image` is as it may be shown, None where there is none.

    `requests` and `limits` map cpu, memory, ... to quantities as written; `init`: runs before.
    """

    name: str
    image: str | None
    place: Place
    image_place: Place
    ports: tuple[NamedPort, ...] = ()
    probes: tuple[Probe, ...] = ()
    requests: Mapping[str, str] = field(default_factory=dict[str, str])
    limits: Mapping[str, str] = field(default_factory=dict[str, str])
    variables: tuple[Variable, ...] = ()
    references: tuple[Reference, ...] = ()
    init: bool = False


@frozen
class Controller:
    """A Deployment or another kind that runs pods. `replicas` None: not said, or a variable.

    `label` is by which key its pods are told apart: `app.kubernetes.io/name`, `app`, or "".
    """

    kind: str
    name: str
    replicas: int | None
    label: str
    containers: tuple[Container, ...]
    place: Place
    replicas_place: Place | None = None


@frozen
class Exposure:
    """A Kubernetes Service."""

    name: str
    ports: tuple[NamedPort, ...]
    place: Place


@frozen
class Autoscaler:
    """A HorizontalPodAutoscaler; `metrics` in words (`cpu 70 %`)."""

    name: str
    target: str
    minimum: int | None
    maximum: int | None
    metrics: tuple[str, ...]
    place: Place


@frozen
class Budget:
    """A PodDisruptionBudget; each limit as written, "" where it says nothing of it."""

    name: str
    minimum_available: str
    maximum_unavailable: str
    place: Place


@frozen
class Settings:
    """A ConfigMap or a Secret: its keys, never their values."""

    kind: str
    name: str
    keys: tuple[Variable, ...]
    place: Place


@frozen
class Other:
    """An object of a kind that is only named here."""

    kind: str
    name: str
    place: Place


@frozen
class Manifests:
    """Every object of a service's manifests, in the order of files and documents."""

    controllers: tuple[Controller, ...] = ()
    exposures: tuple[Exposure, ...] = ()
    autoscalers: tuple[Autoscaler, ...] = ()
    budgets: tuple[Budget, ...] = ()
    settings: tuple[Settings, ...] = ()
    others: tuple[Other, ...] = ()
