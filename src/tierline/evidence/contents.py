"""Gathers more of a mesh: insides of services' folders, contents; knows nothing of their sense."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from tierline.evidence.content import Content
from tierline.evidence.tree import Folder, Walk
from tierline.mesh.tree import Entry, Kind, Tree

FILE_LIMIT = 4 * 1024 * 1024
"""bytes of a file beyond which it is not read: no manifest or document is that long"""
TOTAL_LIMIT = 256 * 1024 * 1024
"""bytes of all files together"""


def with_contents(root: Path, tree: Tree, wanted: Callable[[str], bool]) -> Tree:
    """The tree with the content of wanted files that it does not have yet."""
    return with_insides(root, tree, (), wanted)


def with_insides(
    root: Path, tree: Tree, folders: Iterable[str], wanted: Callable[[str], bool]
) -> Tree:
    """The tree with what is in these folders, and the content of wanted files.

    What cannot be read says why, like any entry of a tree; what leaves the mesh is never opened.
    """
    content = Content.below(root)
    entries = dict(tree.entries)
    for folder in folders:
        entries |= _inside(root, folder)
    read = 0
    for path, entry in tuple(entries.items()):
        if entry.kind is not Kind.FILE or entry.content is not None or entry.trouble:
            continue
        if wanted(path):
            entries[path] = _read(content, path, entry, read)
            read += entries[path].size
    return Tree(tree.label, {path: entries[path] for path in sorted(entries)})


def _inside(root: Path, path: str) -> dict[str, Entry]:
    real, place = os.path.realpath(os.fsencode(root)), os.fsencode(root / path)
    folder = os.path.realpath(place)
    linked = (
        frozenset({folder}) if folder != real + b"/" + os.fsencode(path) else frozenset[bytes]()
    )
    walk = Walk(real, lambda _: False)
    walk.run(Folder(path, folder, path.count("/") + 1, linked))
    return walk.entries


def _read(content: Content, path: str, entry: Entry, read: int) -> Entry:
    if entry.size > FILE_LIMIT:
        return replace(entry, trouble=f"{entry.size} bytes (limit {FILE_LIMIT})")
    if read + entry.size > TOTAL_LIMIT:
        return replace(entry, trouble=f"the inputs together are more than {TOTAL_LIMIT} bytes")
    found = content.read(path, FILE_LIMIT)
    if found is None:
        return Entry(
            Kind.UNREADABLE, entry.size, None, "the system refuses, or it has just changed"
        )
    return Entry(Kind.FILE, len(found), found)
