"""Whether a path that a probe asks is one that a service serves, as far as its own files say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tierline.mesh import config
from tierline.mesh.node import ListNode, MapNode, Node, Scalar
from tierline.mesh.source import Source
from tierline.mesh.yaml import read_yaml
from tierline.readiness.facts import ServiceFacts

CONVENTION: Final = frozenset({"/healthz", "/readyz", "/livez"})
"""paths that the services of a mesh serve by convention"""
_CODE = (".go", ".py", ".ts", ".js")
_SOURCES = (*_CODE, ".yaml", ".yml", ".json")


def is_served(path: str, facts: ServiceFacts) -> bool:
    """By convention, or because a source that was read has it in quotes, or the configuration names it."""
    if path in CONVENTION:
        return True
    quoted = tuple(f"{mark}{path}{mark}".encode() for mark in ('"', "'", "`"))
    named = any(one in content for _, content in _sources(facts, _SOURCES) for one in quoted)
    return named or _is_configured(path, facts)


def has_code(facts: ServiceFacts) -> bool:
    """Whether some of its sources were read, so that a path that none names means something."""
    return any(True for _ in _sources(facts, _CODE))


def _sources(facts: ServiceFacts, endings: tuple[str, ...]) -> Iterator[tuple[str, bytes]]:
    for name, entry in facts.files.items():
        if entry.content is not None and name.endswith(endings) and not name.startswith("deploy/"):
            yield name, entry.content


def _is_configured(path: str, facts: ServiceFacts) -> bool:
    """Whether some value of the configuration is this path."""
    entry = facts.files.get(config.PATH)
    content = entry.content if entry else None
    if content is None or path.encode() not in content:
        return False
    waiting: list[Node | None] = [read_yaml(content, Source(config.PATH, ""))]
    while waiting:
        node = waiting.pop()
        if isinstance(node, MapNode):
            waiting += [field.value for field in node.fields.values()]
        elif isinstance(node, ListNode):
            waiting += node.items
        elif isinstance(node, Scalar) and node.text == path:
            return True
    return False
