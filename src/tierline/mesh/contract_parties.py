"""Whom does a file below `contracts/` concern? Who serves it, and who depends on them; by names."""

from __future__ import annotations

from collections.abc import Iterable

from tierline.mesh.event_contract import event_of
from tierline.mesh.model import Mesh, Service
from tierline.mesh.owner_keys import match_owner

FOLDERS = ("contracts/openapi/", "contracts/proto/", "contracts/schemas/")
"""folders whose files promise something"""
SHARED = "contracts/schemas/"
"""what others refer to: a word of its name says nothing of whose it is"""
_QUIET = frozenset({"readme.md", ".gitkeep"})


def parties(path: str, mesh: Mesh) -> frozenset[str] | None:
    """Services that a contract concerns; none for a file that promises nothing.

    None where it promises something and its name fits nobody: then it may concern anybody.
    """
    event = event_of(path)
    if event is not None:
        both = (n for n, s in mesh.services.items() if event in {*s.consumes, *s.produces})
        return frozenset(both)
    if not path.startswith(FOLDERS) or path.rpartition("/")[2].lower() in _QUIET:
        return frozenset()
    owners = _owners(path, mesh)
    if not owners:
        return None
    readers = (n for n, s in mesh.services.items() if not owners.isdisjoint(s.owners))
    return owners.union(readers)


def names_of(service: Service) -> frozenset[str]:
    """What a contract file of the service may be called: by id, folder or short id; lower case."""
    folder = service.path.rpartition("/")[2]
    return frozenset(n.casefold() for n in (service.service_id, folder, service.short_id) if n)


def stems(path: str) -> frozenset[str]:
    """The folders of a path below `contracts/<kind>`, and its name up to the first dot."""
    *folders, name = path.casefold().split("/")[2:]
    return frozenset((*folders, name.partition(".")[0]))


def _owners(path: str, mesh: Mesh) -> frozenset[str]:
    words = stems(path)
    named = {n for n, s in mesh.services.items() if not words.isdisjoint(names_of(s))}
    if named or path.startswith(SHARED):
        return frozenset(named)
    return frozenset(_fitting("/".join(sorted(words)), mesh.services))


def _fitting(words: str, services: Iterable[str]) -> tuple[str, ...]:
    owner = match_owner(words, services)
    return (owner,) if owner else ()
