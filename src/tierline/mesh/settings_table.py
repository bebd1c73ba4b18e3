"""The tables of a valid `tierline.toml` as plain values, for who reads them; checks nothing."""

from __future__ import annotations

from typing import NotRequired, TypedDict


class ProfileTable(TypedDict, total=False):
    """`[profile]` or `[profiles.NAME]`."""

    extends: str
    domains: dict[str, int]
    mesh_files: list[str]
    mesh_folders: list[str]
    service_files: list[str]
    language: str
    workloads: dict[str, str]
    required_workloads: list[str]
    module_path: str
    bootstrap_folder: str


class SuitesTable(TypedDict, total=False):
    """`[services.ID.tests]`."""

    unit: list[str]
    integration: list[str]
    contract: list[str]


class ServiceTable(TypedDict, total=False):
    """`[services.ID]`."""

    addresses: dict[str, str]
    run: dict[str, list[str]]
    tests: SuitesTable


class LocalTable(TypedDict, total=False):
    """`[local]`."""

    variables: dict[str, str]


class CanonicalTable(TypedDict, total=False):
    """`[canonical]`."""

    folder: str


class AliasTable(TypedDict, total=False):
    """`[alias_lineage]`."""

    exceptions: list[str]


class KindTable(TypedDict):
    """`[kubernetes.kinds."GROUP/VERSION/KIND"]`."""

    ready: dict[str, str | list[str]] | str
    failed: NotRequired[dict[str, str | list[str]]]
    observed_generation: NotRequired[bool]


class KubernetesTable(TypedDict, total=False):
    """`[kubernetes]`."""

    kinds: dict[str, KindTable]


class SettingsTable(TypedDict, total=False):
    """The whole file."""

    version: int
    name: str
    profile: str | ProfileTable
    profiles: dict[str, ProfileTable]
    services: dict[str, ServiceTable]
    local: LocalTable
    canonical: CanonicalTable
    alias_lineage: AliasTable
    kubernetes: KubernetesTable
    policy: dict[str, object]
