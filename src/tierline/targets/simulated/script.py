"""A script of faults for rehearsals: TOML -> behaviours, with every error in it at once.

[services.M05]            # or its full id; a list of tables for several starts in a row
healthy_after = 8.0
missing_signals = ["traces"]
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, cast

from tierline.errors import UsageError
from tierline.mesh.model import Mesh
from tierline.mesh.names import nearest_services
from tierline.targets.simulated.behaviour import Behaviour

MOST_BYTES = 1 << 20
EXAMPLE = "    [services.M05]\n    healthy_after = 8.0"
_NAMES = tuple(field.name for field in fields(Behaviour))


def read_script(path: Path, mesh: Mesh) -> Mapping[str, tuple[Behaviour, ...]]:
    """Service id -> how each start of it goes; UsageError lists all that is wrong."""
    table = _table(path)
    services: dict[str, object] | None = table.get("services")
    if not isinstance(services, dict) or table.keys() - {"services"}:
        raise UsageError(
            f"{path}: a script holds [services.ID] tables and nothing else",
            code="usage/script",
            fix=f"write for example\n{EXAMPLE}",
        )
    wrong: list[str] = []
    found: dict[str, tuple[Behaviour, ...]] = {}
    for name, starts in services.items():
        service_id = _service(name, mesh, wrong)
        entries = cast("list[object]", starts) if isinstance(starts, list) else [starts]
        found[service_id] = tuple(_behaviour(name, entry, wrong) for entry in entries)
    if wrong:
        listed = "\n  ".join(wrong)
        raise UsageError(
            f"{path} cannot be used:\n  {listed}", code="usage/script", fix="correct these"
        )
    return found


def _table(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise UsageError(
            f"{path} cannot be read: {error.strerror}",
            code="usage/script",
            fix="name a readable file with --script",
        ) from error
    try:
        if len(content) <= MOST_BYTES:
            return tomllib.loads(content.decode())
        fact = f"is larger than {MOST_BYTES >> 20} MiB"
    except tomllib.TOMLDecodeError as error:
        fact = f"is not TOML: {error}"
    except (ValueError, RecursionError):
        fact = "is not TOML: no UTF-8, nested too deep, or a number that does not exist"
    raise UsageError(f"{path} {fact}", code="usage/script", fix=f"write for example\n{EXAMPLE}")


def _service(name: str, mesh: Mesh, wrong: list[str]) -> str:
    if name in mesh.services:
        return name
    for service_id, service in mesh.services.items():
        if service.short_id == name:
            return service_id
    near = nearest_services(name, mesh.services)
    hint = f"; did you mean {' or '.join(near)}?" if near else ""
    wrong.append(f"services.{name}: there is no such service{hint}")
    return name


def _behaviour(name: str, entry: object, wrong: list[str]) -> Behaviour:
    from pydantic import TypeAdapter, ValidationError  # noqa: PLC0415 - slow, rarely needed

    if not isinstance(entry, dict):
        wrong.append(f"services.{name}: a table of behaviour is missing")
        return Behaviour()
    unknown = sorted(cast("dict[str, object]", entry).keys() - set(_NAMES))
    wrong += [
        f"services.{name}.{key} is not known; there are {', '.join(_NAMES)}" for key in unknown
    ]
    try:
        return TypeAdapter(Behaviour).validate_python(entry)
    except ValidationError as error:
        for item in error.errors(include_url=False, include_input=False):
            wrong.append(f"services.{name}.{'.'.join(map(str, item['loc']))}: {item['msg']}")
        return Behaviour()
