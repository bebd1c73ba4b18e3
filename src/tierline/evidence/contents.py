"""Gathers the content of further files of a mesh whose tree is known; knows nothing of their sense."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from tierline.evidence.content import Content
from tierline.mesh.tree import Entry, Kind, Tree

FILE_LIMIT = 4 * 1024 * 1024
"""bytes of a file beyond which it is not read: no manifest or document is that long"""
TOTAL_LIMIT = 256 * 1024 * 1024
"""bytes of all files together"""


def with_contents(root: Path, tree: Tree, wanted: Callable[[str], bool]) -> Tree:
    """The tree with the content of wanted files that it does not have yet.

    What cannot be read says why, like any entry of a tree; what leaves the mesh is never opened.
    """
    content = Content.below(root)
    entries = dict(tree.entries)
    read = 0
    for path, entry in tree.entries.items():
        if entry.kind is not Kind.FILE or entry.content is not None or entry.trouble:
            continue
        if wanted(path):
            entries[path] = _read(content, path, entry, read)
            read += entries[path].size
    return Tree(tree.label, entries)


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
