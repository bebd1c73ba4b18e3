"""A mesh as it would be after some edits, without writing them: what gates may judge beforehand."""

from __future__ import annotations

from collections.abc import Mapping

from tierline.mesh.tree import Entry, Kind, Tree


def written(tree: Tree, files: Mapping[str, bytes]) -> Tree:
    """The tree with these files in it, and the folders that they need."""
    entries = dict(tree.entries)
    for path, content in files.items():
        entries[path] = Entry(Kind.FILE, len(content), content)
        folder = path.rpartition("/")[0]
        while folder and folder not in entries:
            entries[folder] = Entry(Kind.FOLDER)
            folder = folder.rpartition("/")[0]
    return Tree(tree.label, dict(sorted(entries.items())))
