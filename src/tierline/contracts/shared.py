"""Schemas that contracts share: which contracts one concerns, and what references to it lead to.

A schema that differs is compared where contracts refer to it, the way that their data goes; one that
no contract names is compared by itself, for readers and for writers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tierline.contracts.change import Kind
from tierline.contracts.files import ContractFile, differing, is_shared, kind_of, same_path
from tierline.contracts.schema.at import Document
from tierline.frozen import frozen
from tierline.mesh.jsonfile import read_json
from tierline.mesh.source import Source
from tierline.mesh.tree import Tree
from tierline.mesh.yaml import read_yaml

Library = Mapping[str, Document]
"""path relative to the mesh root -> the schema there; what cannot be read is left out"""


@frozen
class Libraries:
    """The shared schemas of then and of now."""

    old: Library
    new: Library


NO_LIBRARIES = Libraries({}, {})


def libraries(then: Tree, now: Tree) -> Libraries:
    """Those of two trees that have the content of every shared schema."""
    return Libraries(_library(then), _library(now))


def concerned(kind: Kind, then: Tree, now: Tree) -> tuple[ContractFile, ...]:
    """Contracts of a kind that differ, or that lead to a shared schema that does, by path.

    A shared schema that no contract leads to counts among events.
    """
    found = {file.path: file for file in differing(kind, then, now)}
    paths = then.entries.keys() | now.entries.keys()
    both = {path: same_path(kind, path, then, now) for path in paths if is_shared(path)}
    moved = {path for path, file in both.items() if file.differs}
    if not moved:
        return tuple(found.values())
    texts = {path: file.texts for path, file in both.items()}
    reached: set[str] = set()
    for path in paths:
        own = kind_of(path)
        if own is None:
            continue
        file = same_path(own, path, then, now)
        leads_to = _reached(file.texts, texts)
        reached |= leads_to
        if own is kind and not leads_to.isdisjoint(moved):
            found[path] = file
    if kind is Kind.EVENT:
        found |= {path: both[path] for path in moved - reached}
    return tuple(found[path] for path in sorted(found))


def _reached(start: Iterable[bytes], shared: Mapping[str, tuple[bytes, ...]]) -> set[str]:
    """The shared schemas whose names stand in these texts, or in those of one that is reached."""
    found: set[str] = set()
    waiting = list(start)
    while waiting:
        text = waiting.pop()
        new = [path for path in shared if path not in found and _name(path) in text]
        found.update(new)
        waiting += [one for path in new for one in shared[path]]
    return found


def _name(path: str) -> bytes:
    return path.rpartition("/")[2].encode("utf-8", "surrogateescape")


def _library(tree: Tree) -> Library:
    found: dict[str, Document] = {}
    for path, entry in tree.entries.items():
        if not is_shared(path) or entry.content is None:
            continue
        source = Source(tree.shown(path), "")
        read = read_json if path.endswith(".json") else read_yaml
        node = read(entry.content, source)
        if node is not None and not source.defects:
            found[path] = Document(tree.shown(path), node, path=path, beside=found)
    return found
