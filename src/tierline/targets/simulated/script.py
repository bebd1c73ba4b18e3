"""A script of faults for rehearsals: TOML -> behaviours, with every error in it at once.

[services.M05]            # or its full id; a list of tables for several starts in a row
healthy_after = 8.0
missing_signals = ["traces"]
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import fields
from difflib import get_close_matches
from pathlib import Path
from typing import cast

from tierline.errors import UsageError
from tierline.mesh.model import Mesh
from tierline.targets.simulated.behaviour import Behaviour

_NAMES = tuple(field.name for field in fields(Behaviour))


def read_script(path: Path, mesh: Mesh) -> Mapping[str, tuple[Behaviour, ...]]:
    """Service id -> how each start of it goes; UsageError lists all that is wrong."""
    try:
        table = tomllib.loads(path.read_text())
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"{path}: {error}", code="usage/script") from error
    services: dict[str, object] | None = table.get("services")
    if not isinstance(services, dict) or table.keys() - {"services"}:
        raise UsageError(
            f"{path}: a script holds [services.ID] tables and nothing else", code="usage/script"
        )
    wrong: list[str] = []
    found: dict[str, tuple[Behaviour, ...]] = {}
    for name, starts in services.items():
        service_id = _service(name, mesh, wrong)
        entries = cast("list[object]", starts) if isinstance(starts, list) else [starts]
        found[service_id] = tuple(_behaviour(name, entry, wrong) for entry in entries)
    if wrong:
        listed = "\n  ".join(wrong)
        raise UsageError(f"{path} cannot be used:\n  {listed}", code="usage/script")
    return found


def _service(name: str, mesh: Mesh, wrong: list[str]) -> str:
    if name in mesh.services:
        return name
    for service_id, service in mesh.services.items():
        if service.short_id == name:
            return service_id
    near = get_close_matches(name, mesh.services, n=2)
    wrong.append(f"there is no service {name}" + (f"; near: {', '.join(near)}" if near else ""))
    return name


def _behaviour(name: str, entry: object, wrong: list[str]) -> Behaviour:
    from pydantic import TypeAdapter, ValidationError  # noqa: PLC0415 - slow, rarely needed

    if not isinstance(entry, dict):
        wrong.append(f"{name}: a table of behaviour is missing")
        return Behaviour()
    unknown = sorted(cast("dict[str, object]", entry).keys() - set(_NAMES))
    wrong += [f"{name}.{key} is not known; there are {', '.join(_NAMES)}" for key in unknown]
    try:
        return TypeAdapter(Behaviour).validate_python(entry)
    except ValidationError as error:
        for item in error.errors(include_url=False, include_input=False):
            wrong.append(f"{name}.{'.'.join(map(str, item['loc']))}: {item['msg']}")
        return Behaviour()
