"""Writes what of the demo mesh lists its services: index, manifests, settings, environments."""

from __future__ import annotations

from collections.abc import Iterator

from tierline.mesh.generated import load_order, services_index
from tierline.mesh.profiles import DOMAINS
from tierline.scaffold.canonical_files import alias_lineage
from tierline.scaffold.service_files import addresses
from tierline.scaffold.services import CANONICAL, DEMO


def mesh_files() -> Iterator[tuple[str, str]]:
    """(path below the mesh root, text)."""
    yield "services/services-index.yaml", services_index(CANONICAL.services)
    yield "docs/dependency-load-order.md", load_order(CANONICAL.services, DOMAINS)
    yield "tooling/manifests/implemented-services.yaml", _implemented()
    yield "tooling/manifests/alias-lineage.yaml", alias_lineage(CANONICAL)
    yield "environments/compose/docker-compose.services.yaml", _compose()
    yield "pyproject.toml", _workspace()
    yield "tierline.toml", _settings()


def _implemented() -> str:
    lines = ["version: 1", "implemented_services:"]
    return "\n".join(lines + [f"  - {service.service_id}" for service in DEMO]) + "\n"


def _compose() -> str:
    lines = ["services:"]
    for service in DEMO:
        names = (service.name, f"{service.name}-worker") if service.worker else (service.name,)
        for name in names:
            lines += [
                f"  {name}:",
                "    extends:",
                f"      file: ../../{service.path}/deploy/compose/service.compose.yaml",
                f"      service: {name}",
            ]
    volumes = (f"  {service.name}-data: {{}}" for service in DEMO)
    return "\n".join([*lines, "volumes:", *volumes]) + "\n"


def _workspace() -> str:
    members = "".join(f'  "{service.path}",\n' for service in DEMO)
    return f"""\
[project]
name = "demo-mesh"
version = "1.0.0"
requires-python = ">=3.9"

[tool.uv]
package = false

[tool.uv.workspace]
members = [
{members}]
"""


def _settings() -> str:
    lines = [
        "# How tierline releases this mesh. A mesh may only tighten what the policy asks for.",
        'profile = "python-mesh"',
        "",
        "[policy.requirements]",
        'logs = "required"',
        'metrics = "required"',
        'traces = "required"',
        "",
        "[policy.limits]",
        "verify_seconds = 15",
        "",
        "# Which service or external each address of configs/default.yaml means.",
    ]
    for service in DEMO:
        if table := addresses(service):
            lines.append(f"[services.{service.service_id}.addresses]")
            lines += [f'{key} = "{name}"' for key, name in table.items()]
            lines.append("")
    return "\n".join(lines[:-1]) + "\n"
