"""What `tierline.toml` may say, for pydantic and as a JSON Schema; imported only where one is read.

Knows shapes and patterns, not services.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=63)]
Word = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]{1,1000}$")]


def _stays_inside(path: str) -> str:
    if path.startswith("/") or ".." in path.split("/"):
        raise ValueError("a relative path without `..` belongs here")
    return path


Inside = Annotated[
    str,
    StringConstraints(pattern=r"^[^\x00-\x1f\x7f\\]{1,500}$"),
    AfterValidator(_stays_inside),
    Field(json_schema_extra={"not": {"pattern": r"^/|(^|/)\.\.(/|$)"}}),
]
"""a path that cannot leave its folder"""
Key = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]{1,120}$")]
ServiceName = Annotated[str, StringConstraints(pattern=r"^[A-Z][0-9]{2,6}(-[A-Za-z0-9_.&-]+)?$")]
Variable = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,119}$")]
Argument = Annotated[str, StringConstraints(pattern=r"^[^\x00]{0,4096}$")]


class Strict(BaseModel):
    """Unknown keys and values of another type are errors."""

    model_config = ConfigDict(extra="forbid", strict=True, title="tierline.toml")


class ProfileTable(Strict):
    """A profile of the mesh's own: what it leaves out is as in the one that it extends."""

    extends: Slug = "go-mesh"
    domains: dict[Slug, Annotated[int, Field(ge=0, le=99)]] | None = None
    mesh_files: list[Inside] | None = None
    mesh_folders: list[Inside] | None = None
    service_files: list[Inside] | None = None
    language: Literal["go", "python", "node"] | None = None
    workloads: dict[
        Annotated[str, StringConstraints(pattern=r"^(\*|[a-z0-9-]{1,40})$")], Inside
    ] | (None) = None
    required_workloads: list[Slug] | None = None
    module_path: Annotated[str, StringConstraints(pattern=r"^[^\s\x00-\x1f]{0,300}$")] | None = None
    bootstrap_folder: Inside | Literal[""] | None = None


Command = Annotated[list[Argument], Field(min_length=1, max_length=200)]


class SuitesTable(Strict):
    """The command that runs a suite, in the service's folder; what is left out, its language says."""

    unit: Command | None = None
    integration: Command | None = None
    contract: Command | None = None


class ServiceTable(Strict):
    """How one service differs: where addresses of its configuration lead, how workloads start, how suites run."""

    addresses: dict[Key, ServiceName] = {}
    run: dict[Slug, Command] = {}
    tests: SuitesTable = Field(default_factory=SuitesTable)


class LocalTable(Strict):
    """The local environment."""

    variables: dict[Variable, str] = {}


class CanonicalTable(Strict):
    """Where the inputs of the index are, relative to the folder above the mesh."""

    folder: Inside | Literal[""] = ""


class AliasTable(Strict):
    """Ids that may be missing without being an alias."""

    exceptions: list[Annotated[str, StringConstraints(pattern=r"^[A-Z][0-9]{2,6}$")]] = []


Claim = Annotated[
    dict[
        Annotated[
            str,
            StringConstraints(
                pattern=r"^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+|\[[A-Za-z0-9_./-]+\]){0,20}$",
                max_length=300,
            ),
        ],
        Word | Annotated[list[Word], Field(min_length=1, max_length=20)],
    ],
    Field(min_length=1, max_length=20),
]
"""field of an object, as `status.phase` or `status.conditions[Ready]`: the value, or values, it may have"""
OwnKind = Annotated[
    str,
    StringConstraints(
        pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)+/v[a-z0-9]{1,20}/[A-Z][A-Za-z0-9]{0,62}$",
        max_length=300,
    ),
]


class KindTable(Strict):
    """A kind of Kubernetes that others have added: when its objects are ready, and when they failed."""

    ready: Claim | Literal["applied"]
    failed: Claim = {}
    observed_generation: bool = True


class KubernetesTable(Strict):
    """What environments on Kubernetes have beyond the kinds of every cluster."""

    kinds: dict[OwnKind, KindTable] = {}


class SettingsDocument(Strict):
    """`tierline.toml` of a mesh."""

    version: Literal[1] = 1
    name: Slug | Literal[""] = ""
    profile: Slug | ProfileTable = "go-mesh"
    profiles: dict[Slug, ProfileTable] = {}
    services: dict[ServiceName, ServiceTable] = {}
    local: LocalTable = Field(default_factory=LocalTable)
    canonical: CanonicalTable = Field(default_factory=CanonicalTable)
    alias_lineage: AliasTable = Field(default_factory=AliasTable)
    kubernetes: KubernetesTable = Field(default_factory=KubernetesTable)
    policy: dict[Word, Any] = {}


def json_schema() -> dict[str, Any]:
    """The published JSON Schema (2020-12) of `tierline.toml`."""
    schema = SettingsDocument.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
