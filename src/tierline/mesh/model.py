"""The values that a mesh consists of once it is read; knows nothing of files or YAML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tierline.mesh.defect import Defect, Place
from tierline.mesh.graph import Graph
from tierline.mesh.profile import Profile
from tierline.mesh.settings import Settings


@dataclass(frozen=True, slots=True)
class Port:
    """A port that a service's configuration names, e.g. ("http", 8080)."""

    name: str
    number: int


@dataclass(frozen=True, slots=True)
class Config:
    """`configs/default.yaml`, read. Values are kept as written, `${VAR}` references included.

    `dependencies` maps key -> value (`auth_grpc_url` -> `127.0.0.1:9090`); `places` maps a dotted
    key (`service.http_port`) to where it stands.
    """

    service_id: str
    domain: str
    ports: tuple[Port, ...]
    dependencies: Mapping[str, str | tuple[str, ...]]
    otlp_endpoint: str
    places: Mapping[str, Place]


@dataclass(frozen=True, slots=True)
class Workload:
    """What of a service runs: `name` is api, worker, ...; `entry` the file or script it starts from.

    `language` is go, python, node or argv; `argv` is set only for the last.
    """

    name: str
    language: str
    entry: str
    argv: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Service:
    """The unit of rollout, as the index declares it and its folder completes it.

    `owners` are DBR owners inside the mesh, `externals` those outside it; both sorted, unique.
    `path` is the service's folder relative to the mesh root, "" when there is not exactly one.
    """

    service_id: str
    short_id: str
    domain: str
    tier: int
    path: str
    owners: tuple[str, ...]
    externals: tuple[str, ...]
    consumes: tuple[str, ...]
    produces: tuple[str, ...]
    serves_http: bool
    workloads: tuple[Workload, ...]
    config: Config | None
    place: Place
    module_path: str = ""


@dataclass(frozen=True, slots=True)
class EventContract:
    """`contracts/events/<event>.json`: who produces it and the schema of its payload."""

    event: str
    version: str
    producer: str
    payload_schema: Mapping[str, object]
    place: Place


@dataclass(frozen=True, slots=True)
class Listed:
    """An entry of `implemented-services.yaml`."""

    service_id: str
    place: Place


@dataclass(frozen=True, slots=True)
class LoadOrder:
    """`docs/dependency-load-order.md` as it stands, with the line of each statement.

    `levels[k]` and `tiers[n]` are service ids in written order; `matrix` maps service -> owners.
    """

    total: int | None = None
    cycles: int | None = None
    levels: tuple[tuple[str, ...], ...] = ()
    tiers: tuple[tuple[str, ...], ...] = ()
    matrix: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    places: Mapping[str, Place] = field(default_factory=dict[str, Place])
    """statement (`total`, `level:0`, `tier:1`, `matrix:M01-...`) -> where"""


@dataclass(frozen=True, slots=True)
class Canonical:
    """The inputs that the index is generated from. None: that file is not there.

    `architecture` service -> microservice|monolith; `depends_on`, `provides` service -> entries as
    written (`DBR:...`, `EVENT:...`, `http`); `domains` service -> domain by the deployment profile;
    `supersedes` service -> old ids; `retired` ids that may be missing.
    """

    architecture: Mapping[str, str] | None = None
    depends_on: Mapping[str, tuple[str, ...]] | None = None
    provides: Mapping[str, tuple[str, ...]] | None = None
    domains: Mapping[str, str] | None = None
    supersedes: Mapping[str, tuple[str, ...]] | None = None
    retired: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Mesh:
    """Everything declared, as far as it could be read, and every defect met on the way.

    `services` keeps the index's order. `lifecycle` holds the states that `service-lifecycle.md`
    defines, in order. `load_order`, `implemented` and `lifecycle` are None where the file is
    missing or unreadable (the defect says why).
    """

    name: str
    label: str
    profile: Profile
    settings: Settings
    services: Mapping[str, Service]
    graph: Graph
    events: Mapping[str, EventContract]
    implemented: tuple[Listed, ...] | None
    load_order: LoadOrder | None
    lifecycle: tuple[str, ...] | None
    canonical: Canonical
    variables: Mapping[str, str]
    """`.env.example`, then `.env`, then `[local.variables]`; later wins"""
    defects: tuple[Defect, ...]
