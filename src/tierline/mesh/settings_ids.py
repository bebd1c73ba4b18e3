"""Turns the service names of `tierline.toml`, short or full, into full service ids."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

from tierline.mesh.names import nearest, short_id
from tierline.mesh.settings import Settings
from tierline.mesh.source import Source
from tierline.mesh.tomltext import Places

T = TypeVar("T")


def with_full_ids(
    settings: Settings, service_ids: Iterable[str], source: Source, text: str
) -> Settings:
    """Settings keyed and pointing by full ids; a table of no service of the mesh is a defect.

    `text` is the file's, for places. Addresses may name externals, which stay as written.
    """
    full = {short_id(service_id): service_id for service_id in reversed(tuple(service_ids))}
    full |= {service_id: service_id for service_id in tuple(full.values())}
    wanted = {*settings.addresses, *settings.run, *settings.tests}
    unknown = sorted(name for name in wanted if name not in full)
    places = Places(source, text) if unknown else None
    for name in unknown:
        close = nearest(name, full.values())
        fix = f"did you mean {' or '.join(close)}?" if close else "drop the table"
        at = places.of("services", name) if places else None
        source.defect(
            "unknown-service", f"[services.{name}]: the mesh has no such service", at, fix
        )
    addresses = {
        service: {key: full.get(target, target) for key, target in table.items()}
        for service, table in _merged(settings.addresses, full).items()
    }
    run, tests = _merged(settings.run, full), _merged(settings.tests, full)
    return replace(settings, addresses=addresses, run=run, tests=tests)


def _merged(
    tables: Mapping[str, Mapping[str, T]], full: Mapping[str, str]
) -> dict[str, dict[str, T]]:
    merged: dict[str, dict[str, T]] = {}
    for name, table in tables.items():
        if name in full:
            merged.setdefault(full[name], {}).update(table)
    return merged
