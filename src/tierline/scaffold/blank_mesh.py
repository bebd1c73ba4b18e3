"""The files of a mesh without services; knows no disk."""

from __future__ import annotations

from collections.abc import Iterator

from tierline.mesh.generated import load_order, services_index
from tierline.mesh.profile import Profile
from tierline.scaffold.template import filled, templates

GO = "1.24"
"""the language version of a new Go mesh"""
_NEEDS = {"go": f"Go {GO} or later", "python": "Python 3.9 or later, and nothing else"}


def blank_mesh(name: str, profile: Profile) -> Iterator[tuple[str, str]]:
    """(path below the mesh root, text) of every file of an empty mesh of a built-in profile."""
    values = {
        "mesh": name,
        "title": name,
        "module": f"example.com/{name}",
        "go": GO,
        "needs": _NEEDS[profile.language],
    }
    for folder in ("mesh", profile.name, "new-mesh"):
        yield from ((path, filled(text, values)) for path, text in templates(folder))
    yield "services/services-index.yaml", services_index(())
    yield "docs/dependency-load-order.md", load_order((), profile.domains)
    yield "tooling/manifests/implemented-services.yaml", _IMPLEMENTED
    yield "tooling/manifests/alias-lineage.yaml", _ALIASES
    yield "environments/compose/docker-compose.services.yaml", _COMPOSE
    yield "tierline.toml", _settings(name, profile.name)


_IMPLEMENTED = """\
# Services with business code, contracts and passing tests. To add one: tierline register SERVICE
version: 1
implemented_services: []
"""
_ALIASES = """\
# Retired services and who took over from each, by full id: M27-Old-Service: M02-New-Service
version: 1
aliases: {}
"""
_COMPOSE = """\
# Every service of the mesh, by its own Compose file.
services: {}
"""


def _settings(name: str, profile: str) -> str:
    return f"""\
# How tierline releases this mesh. A mesh may only tighten what the policy asks for.
name = "{name}"
profile = "{profile}"
"""
