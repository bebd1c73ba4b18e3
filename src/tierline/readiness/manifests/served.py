"""Whether a path that a probe asks is one that a service serves, as far as that can be seen."""

from __future__ import annotations

from typing import Final

from tierline.readiness.facts import ServiceFacts

CONVENTION: Final = frozenset({"/healthz", "/readyz", "/livez"})
"""paths that the services of a mesh serve by convention"""
_SOURCES = (".go", ".py", ".ts", ".js", ".yaml", ".yml", ".json")


def is_served(path: str, facts: ServiceFacts) -> bool:
    """By convention, or because one of the service's sources that were read has it in quotes."""
    if path in CONVENTION:
        return True
    quoted = tuple(f"{mark}{path}{mark}".encode() for mark in ('"', "'", "`"))
    return any(
        one in entry.content
        for name, entry in facts.files.items()
        if entry.content is not None and name.endswith(_SOURCES) and not name.startswith("deploy/")
        for one in quoted
    )
