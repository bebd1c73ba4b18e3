"""Reads `tierline.toml`: settings and the profile; does not judge what it tightens."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from tierline.mesh.clean import clean
from tierline.mesh.defect import Defect
from tierline.mesh.names import nearest
from tierline.mesh.profile import Profile
from tierline.mesh.profiles import BUILT_IN, DEFAULT
from tierline.mesh.settings import Settings
from tierline.mesh.source import Source
from tierline.mesh.tomltext import Places, read_toml

if TYPE_CHECKING:
    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

    from tierline.mesh.settings_schema import ProfileTable, SettingsDocument

PATH = "tierline.toml"
OWN = "own"
"""the name of a profile that stands in `[profile]`"""
_SEE = "see tierline schema settings"


def parse_settings(content: bytes, path: str) -> tuple[Settings, Profile, tuple[Defect, ...]]:
    """Settings and profile; the defaults, with every error at once, where the file is unusable."""
    source = Source(path, "settings")
    read = read_toml(content, source)
    document = None if read is None else _validated(*read, source)
    if read is None or document is None:
        return Settings(), BUILT_IN[DEFAULT], tuple(source.defects)
    settings = _settings(document)
    profile = _profile(document, source, read[1])
    return replace(settings, profile=profile.name), profile, tuple(source.defects)


def settings_schema() -> Mapping[str, object]:
    """The published JSON Schema of `tierline.toml`."""
    from tierline.mesh.settings_schema import json_schema  # noqa: PLC0415 - pydantic costs 100 ms

    return json_schema()


def _validated(
    table: Mapping[str, object], places: Places, source: Source
) -> SettingsDocument | None:
    from pydantic import ValidationError  # noqa: PLC0415 - only a mesh with settings pays for it

    from tierline.mesh.settings_schema import SettingsDocument  # noqa: PLC0415 - as above

    try:
        return SettingsDocument.model_validate(table)
    except ValidationError as error:
        wrong = {_written(e["loc"], table): e for e in _errors(error)}
        for keys, found in sorted(wrong.items()):
            if any(other != keys and other[: len(keys)] == keys for other in wrong):
                continue
            unknown = found["type"] == "extra_forbidden"
            said = "no such key" if unknown else clean(found["msg"], 200)
            source.defect(
                "unknown-key" if unknown else "value",
                f"`{clean('.'.join(keys))}`: {said}",
                places.of(*keys),
                _fix(keys[-1]) if unknown else _SEE,
            )
    return None


def _fix(key: str) -> str:
    """The nearest keys of any table, in front of where all of them are."""
    close = nearest(key, _keys(settings_schema()))
    return f"did you mean {' or '.join(close)}? {_SEE}" if close else _SEE


def _keys(schema: object) -> Iterator[str]:
    """Every key that a JSON Schema names, of whatever table."""
    if isinstance(schema, Mapping):
        for name, value in cast("Mapping[str, object]", schema).items():
            if name == "properties":
                yield from cast("Mapping[str, object]", value)
            yield from _keys(value)


def _errors(error: ValidationError) -> list[ErrorDetails]:
    """The last first, so that of a place with several the first one stays in a dictionary."""
    return error.errors(include_url=False, include_input=False, include_context=False)[::-1]


def _written(loc: tuple[int | str, ...], table: object) -> tuple[str, ...]:
    """The part of an error's path that the file really has, and one key beyond it.

    pydantic puts names of union members and `[key]` into a path.
    """
    written: list[str] = []
    keys = [str(part) for part in loc]
    for key in keys:
        if isinstance(table, Mapping) and key in table:
            written.append(key)
            table = table[key]  # pyright: ignore[reportUnknownVariableType] - TOML holds anything
        elif isinstance(table, list) and key.isdigit():
            written.append(key)
    return tuple(written or keys[:1])


def _settings(document: SettingsDocument) -> Settings:
    services = document.services
    return Settings(
        name=document.name,
        addresses={name: dict(table.addresses) for name, table in services.items()},
        run={
            name: {workload: tuple(argv) for workload, argv in table.run.items()}
            for name, table in services.items()
        },
        local_variables=dict(document.local.variables),
        canonical_folder=document.canonical.folder,
        alias_exceptions=tuple(document.alias_lineage.exceptions),
        tightening=dict(document.policy),
    )


def _profile(document: SettingsDocument, source: Source, places: Places) -> Profile:
    if not isinstance(document.profile, str):
        return _extended(OWN, document.profile, source, places)
    name = document.profile
    if (table := document.profiles.get(name)) is not None:
        return _extended(name, table, source, places)
    if name in BUILT_IN:
        return BUILT_IN[name]
    return _unknown(name, document, source, places)


def _unknown(name: str, document: SettingsDocument, source: Source, places: Places) -> Profile:
    known = (*BUILT_IN, *document.profiles)
    close = nearest(name, known) or known
    source.defect("unknown-profile", f"no profile is called {clean(name)}", places.of("profile"),
                  f"use {' or '.join(close)}, or declare [profiles.{clean(name)}]")  # fmt: skip
    return BUILT_IN[DEFAULT]


def _extended(name: str, table: ProfileTable, source: Source, places: Places) -> Profile:
    """A table over the built-in profile that it extends (one step: tables do not chain)."""
    base = BUILT_IN.get(table.extends)
    if base is None:
        place = places.of("profiles", name) or places.of("profile")
        message = f"profile {name} extends {clean(table.extends)}, which is not built in"
        source.defect("unknown-profile", message, place, f"extend {' or '.join(BUILT_IN)}")
        base = BUILT_IN[DEFAULT]
    return Profile(
        name=name,
        domains=base.domains if table.domains is None else dict(table.domains),
        mesh_files=_names(table.mesh_files, base.mesh_files),
        service_files=_names(table.service_files, base.service_files),
        language=table.language or base.language,
        workloads=base.workloads if table.workloads is None else dict(table.workloads),
        required_workloads=_names(table.required_workloads, base.required_workloads),
        module_path=base.module_path if table.module_path is None else table.module_path,
        bootstrap_folder=(
            base.bootstrap_folder if table.bootstrap_folder is None else table.bootstrap_folder
        ),
        mesh_folders=_names(table.mesh_folders, base.mesh_folders),
    )


def _names(own: list[str] | None, base: tuple[str, ...]) -> tuple[str, ...]:
    return base if own is None else tuple(own)
