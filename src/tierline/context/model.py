"""What a release of a selection must know, as values; the JSON document has the same names.

A fact that could not be had is None, or stands among the findings: nothing is left out silently.
No value of a variable, a ConfigMap or a Secret is in here.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from tierline.frozen import frozen
from tierline.mesh.compose import Composed
from tierline.mesh.defect import Place
from tierline.mesh.k8s_model import Manifests
from tierline.mesh.lifecycle_rules import StateRule
from tierline.mesh.local_dev import Command, LocalDev
from tierline.mesh.migrations import Migrations
from tierline.mesh.scripts_guide import Script
from tierline.mesh.statement import Statement
from tierline.readiness.model import Finding


class Standing(StrEnum):
    """How an input was found. `partly`: read, and something in it could not be."""

    READ = "read"
    PARTLY = "partly"
    ABSENT = "absent"
    UNREADABLE = "unreadable"


@frozen
class Input:
    """A file that the context was made from. `digest` is its SHA-256, "" where it was not read.

    `taken` says in words what was taken out of it. `path` is relative to the folder above the mesh.
    """

    path: str
    standing: Standing
    digest: str
    size: int
    taken: tuple[str, ...]
    service_id: str | None = None


class Where(StrEnum):
    """Where a neighbour of a service is."""

    RELEASE = "release"
    MESH = "mesh"
    EXTERNAL = "external"


@frozen
class Neighbour:
    """An owner or a dependent. `batch` is "" for externals and behind a cycle."""

    service_id: str
    where: Where
    batch: str
    place: Place


@frozen
class Order:
    """When a service starts. `effective_tier` and `level` are None behind a cycle; `batch` "".

    `raised_by` is the owner that moves it to a later tier, "" for none. `stated_level` and
    `stated_tier` are what dependency-load-order.md says, None where it says nothing.
    """

    tier: int
    effective_tier: int | None
    level: int | None
    batch: str
    raised_by: str
    stated_level: int | None
    stated_tier: int | None
    stated_at: Place | None


@frozen
class Standard:
    """Where a service stands in its life cycle, as far as files can tell.

    `listed` is None where implemented-services.yaml cannot be read. `state` is `implemented`,
    `scaffold-only` or `unknown`; `next_state` "" where the document names none after it.
    """

    listed: bool | None
    state: str
    next_state: str
    next_takes: tuple[Statement, ...]
    place: Place | None


@frozen
class Program:
    """A workload and the commands of local-dev.md that concern it alone."""

    name: str
    language: str
    entry: str


@frozen
class Local:
    """How a service runs on a developer's machine. `commands` are typed in its folder.

    `guided`: whether there is a readable local-dev.md; `said` are its sentences that name the service.
    """

    programs: tuple[Program, ...]
    guided: bool
    commands: tuple[Command, ...]
    said: tuple[Statement, ...]


@frozen
class Listening:
    """A port by its configuration (`configuration`) or moved by a variable (`variable NAME`).

    `number` is None where a variable decides it.
    """

    name: str
    number: int | None
    source: str
    place: Place


@frozen
class Needed:
    """A `${VARIABLE}` of a value. `defined_by` are places that set it, in words; () for nobody."""

    name: str
    has_default: bool
    defined_by: tuple[str, ...]


@frozen
class Dependency:
    """An entry of `dependencies`. `kind` is owner, service, external, infrastructure or unknown.

    `means` is a service id or a system's name, "" where nobody can say. `shown` has no credentials.
    `set_by` are places in manifests that set the variable which overrides the key.
    """

    key: str
    kind: str
    means: str
    shown: str
    variables: tuple[Needed, ...]
    set_by: tuple[str, ...]
    place: Place


@frozen
class Image:
    """An image. `by` is kubernetes or compose; `workload` the controller or Compose service.

    `pin` is digest, version (a tag that could be moved), moving (latest, main, no tag), variable or
    none (not an image at all, or none named).
    """

    reference: str
    pin: str
    by: str
    workload: str
    container: str
    place: Place


@frozen
class Promise:
    """A contract. `kind` is proto, openapi or event; `version` "" where it says none.

    `parties` are the services on the other side: who consumes what is provided, who provides what
    is consumed. `path` is "" where there is no contract file. `through` is the configuration key or
    the edge by which it concerns the service.
    """

    kind: str
    name: str
    version: str
    parties: tuple[str, ...]
    path: str
    through: str
    place: Place


@frozen
class Sheet:
    """Everything about one service. `compose` is None where there is no readable file of it."""

    service_id: str
    domain: str
    path: str
    order: Order
    owners: tuple[Neighbour, ...]
    dependents: tuple[Neighbour, ...]
    lifecycle: Standard
    local: Local
    ports: tuple[Listening, ...]
    dependencies: tuple[Dependency, ...]
    telemetry: Dependency | None
    infrastructure: tuple[str, ...]
    images: tuple[Image, ...]
    manifests: Manifests | None
    compose: tuple[Composed, ...] | None
    migrations: tuple[Migrations, ...]
    provides: tuple[Promise, ...]
    consumes: tuple[Promise, ...]
    inputs: tuple[Input, ...]
    findings: tuple[Finding, ...]


@frozen
class Step:
    """A command of the release procedure.

    `due` is always, contracts (they changed), if-contracts (nobody knows whether they changed), no
    (they did not) or own (the procedure does not ask for it). `script` None: the guide says nothing.
    """

    name: str
    command: str
    due: str
    why: str
    exists: bool
    script: Script | None


@frozen
class Contracts:
    """Whether contracts changed, and since what; None: nobody knows. `paths` are those that did."""

    changed: bool | None
    since: str
    paths: tuple[str, ...] = ()


@frozen
class BatchOfServices:
    """The selected services of one effective tier and level."""

    id: str
    tier: int
    level: int
    services: tuple[str, ...]


@frozen
class TierStep:
    """A tier that the release goes through; its batches in order."""

    tier: int
    domains: tuple[str, ...]
    batches: tuple[BatchOfServices, ...]


@frozen
class Release:
    """The context of a release. `digest` is over the digests of all inputs.

    `label` is what paths of the mesh begin with, as in `Mesh`. `unordered` are services on or
    behind a cycle. `loose` are contracts whose service is unknown.
    """

    mesh: str
    label: str
    selection: str
    environment: str
    digest: str
    tiers: tuple[TierStep, ...]
    unordered: tuple[str, ...]
    sheets: Mapping[str, Sheet]
    lifecycle: tuple[StateRule, ...] | None
    local_dev: LocalDev | None
    mesh_commands: tuple[Command, ...]
    contracts: Contracts
    loose: tuple[Promise, ...]
    steps: tuple[Step, ...]
    notes: tuple[Statement, ...]
    prerequisites: tuple[Statement, ...]
    inputs: tuple[Input, ...]
    findings: tuple[Finding, ...]
