"""The values that a mesh consists of once it is read; knows nothing of files or YAML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from tierline.frozen import frozen
from tierline.mesh.defect import Defect, Place
from tierline.mesh.graph import Graph
from tierline.mesh.profile import Profile
from tierline.mesh.settings import Settings


@frozen
class Port:
    """A port that a service's configuration names, e.g. ("http", 8080)."""

    name: str
    number: int


@frozen
class Config:
    """`configs/default.yaml`, read. Values are kept as written, `${VAR}` references included.

    `dependencies` maps key -> value (`auth_grpc_url` -> `127.0.0.1:9090`); `places` maps a dotted
    key (`service.http_port`) to where it stands; `needs` maps one to the variables that its value
    refers to without a default, ports of the service aside.
    """

    service_id: str
    domain: str
    ports: tuple[Port, ...]
    dependencies: Mapping[str, str | tuple[str, ...]]
    otlp_endpoint: str
    places: Mapping[str, Place]
    needs: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])


@frozen
class Workload:
    """What of a service runs: `name` is api, worker, ...; `entry` the file or script it starts from.

    `language` is go, python, node or argv; `argv` is set only for the last.
    """

    name: str
    language: str
    entry: str
    argv: tuple[str, ...] = ()


@frozen
class LocalModule:
    """A module on this disk that another builds from. `path` is relative to the mesh root.

    A `path` that begins with `..` or `/` leaves the mesh.
    """

    name: str
    path: str
    place: Place


@frozen
class Module:
    """`go.mod` or `pyproject.toml`: its name as declared ("" for none), what it builds from.

    `local` are `replace` directives and path dependencies that point at folders; `requires` maps
    the other modules it names to their version as written.
    """

    name: str
    place: Place
    local: tuple[LocalModule, ...] = ()
    requires: Mapping[str, str] = field(default_factory=dict[str, str])
    language_version: str = ""


@frozen
class Service:
    """The unit of rollout, as the index declares it and its folder completes it.

    `owners` are DBR owners inside the mesh, `externals` those outside it; both sorted, unique.
    `path` is the service's folder relative to the mesh root, "" when there is not exactly one.
    `module_path` is what the index says of it; `module` what the folder's own go.mod or
    pyproject.toml says, None where it is missing or unreadable. `places` says where an entry of the
    index stands: `cluster`, `module_path`, `dbr_deps:<id>`, `event_deps:<event>`,
    `provides:<entry>`.
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
    module: Module | None = None
    places: Mapping[str, Place] = field(default_factory=dict[str, Place])


@frozen
class EventContract:
    """`contracts/events/<event>.json`: who produces it and the schema of its payload.

    `places` says where its keys stand.
    """

    event: str
    version: str
    producer: str
    payload_schema: Mapping[str, object]
    place: Place
    places: Mapping[str, Place] = field(default_factory=dict[str, Place])


@frozen
class Listed:
    """An entry of `implemented-services.yaml`."""

    service_id: str
    place: Place


@frozen
class Alias:
    """A retired service id and the service that took over from it."""

    service_id: str
    successor: str
    place: Place


@frozen
class Lineage:
    """`alias-lineage.yaml`. `exceptions` are ids that may be missing without being an alias."""

    aliases: tuple[Alias, ...]
    exceptions: tuple[str, ...] = ()


@frozen
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


@frozen
class Canonical:
    """The inputs that the index is generated from. None: that file is not there.

    `architecture` service -> microservice|monolith; `depends_on`, `provides` service -> entries as
    written (`DBR:...`, `EVENT:...`, `http`); `domains` service -> domain by the deployment profile;
    `supersedes` service -> old ids; `retired` ids that may be missing. `places` says where lines of
    the category map stand: `categories` the file, `category:<service>`, `supersedes:<service>`,
    `supersedes:<service>:<old id>`, `retired:<id>`.
    """

    architecture: Mapping[str, str] | None = None
    depends_on: Mapping[str, tuple[str, ...]] | None = None
    provides: Mapping[str, tuple[str, ...]] | None = None
    domains: Mapping[str, str] | None = None
    supersedes: Mapping[str, tuple[str, ...]] | None = None
    retired: tuple[str, ...] | None = None
    places: Mapping[str, Place] = field(default_factory=dict[str, Place])


@frozen
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
    modules: Mapping[str, Module] = field(default_factory=dict[str, Module])
    """folder relative to the mesh root -> its module, services included"""
    workspace: tuple[LocalModule, ...] | None = None
    """folders that go.work lists; None where there is none"""
    lineage: Lineage | None = None
    """None where the mesh has no table of its own: then `canonical.supersedes` is it"""
