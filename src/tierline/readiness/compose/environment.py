"""The Compose files of a mesh's environment, each parsed once for all who ask; judges nothing."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from tierline.mesh.compose_file import ComposeFile, read_compose
from tierline.mesh.defect import Defect
from tierline.mesh.reading import Memo, afresh
from tierline.mesh.tree import Kind, Tree
from tierline.readiness.compose.composition import is_environment_file

Parsed = tuple[ComposeFile | None, tuple[Defect, ...]]
"""a file, None where it is no mapping, and what is wrong with it by itself"""


def environment_files(tree: Tree, memo: Memo = afresh) -> Mapping[str, Parsed]:
    """Path -> what it says, of every such file whose content the tree has.

    `memo` may know already what parsing a file gives.
    """
    return {
        path: memo(
            path, entry.content, partial(read_compose, entry.content, tree.shown(path), None)
        )
        for path, entry in tree.entries.items()
        if entry.content is not None and entry.kind is Kind.FILE and is_environment_file(path)
    }
