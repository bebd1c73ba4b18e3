"""Reads `tierline.toml`: settings and the profile; does not judge what it tightens."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from tierline.mesh.clean import clean
from tierline.mesh.defect import Defect
from tierline.mesh.names import nearest
from tierline.mesh.profile import Profile
from tierline.mesh.profiles import BUILT_IN, DEFAULT
from tierline.mesh.settings import Settings
from tierline.mesh.settings_kinds import KindRule, kind_rules
from tierline.mesh.settings_shape import SHAPE
from tierline.mesh.shape import fits
from tierline.mesh.source import Source
from tierline.mesh.tomltext import Places, read_toml

if TYPE_CHECKING:
    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

    from tierline.mesh.settings_table import ProfileTable, SettingsTable, SuitesTable

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
    settings = replace(_settings(document), kinds=_kinds(document, source, read[1]))
    profile = _profile(document, source, read[1])
    return replace(settings, profile=profile.name), profile, tuple(source.defects)


def settings_schema() -> Mapping[str, object]:
    """The published JSON Schema of `tierline.toml`."""
    from tierline.mesh.settings_schema import json_schema  # noqa: PLC0415 - pydantic costs 100 ms

    return json_schema()


def _validated(table: Mapping[str, object], places: Places, source: Source) -> SettingsTable | None:
    """The table as it is, once it is known to be valid; pydantic is asked only where it must be."""
    if fits(table, SHAPE):
        return cast("SettingsTable", table)
    from pydantic import ValidationError  # noqa: PLC0415 - slow to import

    from tierline.mesh.settings_schema import SettingsDocument  # noqa: PLC0415 - it needs pydantic

    try:
        SettingsDocument.model_validate(table)
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
    return cast("SettingsTable", table)


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


def _settings(table: SettingsTable) -> Settings:
    services = table.get("services", {})
    return Settings(
        name=table.get("name", ""),
        addresses={name: dict(one.get("addresses", {})) for name, one in services.items()},
        run={
            name: {workload: tuple(argv) for workload, argv in one.get("run", {}).items()}
            for name, one in services.items()
        },
        tests={name: _suites(one.get("tests", {})) for name, one in services.items()},
        local_variables=dict(table.get("local", {}).get("variables", {})),
        canonical_folder=table.get("canonical", {}).get("folder", ""),
        alias_exceptions=tuple(table.get("alias_lineage", {}).get("exceptions", ())),
        tightening=dict(table.get("policy", {})),
    )


def _kinds(table: SettingsTable, source: Source, places: Places) -> Mapping[str, KindRule]:
    return kind_rules(table.get("kubernetes", {}).get("kinds", {}), source, places)


def _suites(table: SuitesTable) -> Mapping[str, tuple[str, ...]]:
    named = cast("Mapping[str, list[str]]", table)
    return {suite: tuple(argv) for suite, argv in named.items()}


def _profile(table: SettingsTable, source: Source, places: Places) -> Profile:
    wanted = table.get("profile", DEFAULT)
    if not isinstance(wanted, str):
        return _extended(OWN, wanted, source, places)
    own = table.get("profiles", {})
    if wanted in own:
        return _extended(wanted, own[wanted], source, places)
    if wanted in BUILT_IN:
        return BUILT_IN[wanted]
    return _unknown(wanted, own, source, places)


def _unknown(name: str, own: Iterable[str], source: Source, places: Places) -> Profile:
    known = (*BUILT_IN, *own)
    close = nearest(name, known) or known
    source.defect("unknown-profile", f"no profile is called {clean(name)}", places.of("profile"),
                  f"use {' or '.join(close)}, or declare [profiles.{clean(name)}]")  # fmt: skip
    return BUILT_IN[DEFAULT]


def _extended(name: str, table: ProfileTable, source: Source, places: Places) -> Profile:
    """A table over the built-in profile that it extends (one step: tables do not chain)."""
    extends = table.get("extends", DEFAULT)
    base = BUILT_IN.get(extends)
    if base is None:
        place = places.of("profiles", name) or places.of("profile")
        message = f"profile {name} extends {clean(extends)}, which is not built in"
        source.defect("unknown-profile", message, place, f"extend {' or '.join(BUILT_IN)}")
        base = BUILT_IN[DEFAULT]
    return Profile(
        name=name,
        domains=table.get("domains", base.domains),
        mesh_files=_names(table.get("mesh_files"), base.mesh_files),
        service_files=_names(table.get("service_files"), base.service_files),
        language=table.get("language", base.language),
        workloads=table.get("workloads", base.workloads),
        required_workloads=_names(table.get("required_workloads"), base.required_workloads),
        module_path=table.get("module_path", base.module_path),
        bootstrap_folder=table.get("bootstrap_folder", base.bootstrap_folder),
        mesh_folders=_names(table.get("mesh_folders"), base.mesh_folders),
    )


def _names(own: list[str] | None, base: tuple[str, ...]) -> tuple[str, ...]:
    return base if own is None else tuple(own)
