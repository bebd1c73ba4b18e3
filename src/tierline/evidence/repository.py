"""Paths of findings as the repository around the mesh has them; asks no git.

Findings show paths relative to the folder above the mesh. Tools that read SARIF or annotations want
them relative to the top of the repository, and that may be the mesh itself.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from tierline.mesh.index import PATH as INDEX


class RepositoryPaths:
    """From a path as findings show it to the one in the repository, "" for what lies outside it.

    Without a repository the folder above the mesh stands for its top.
    """

    def __init__(self, root: Path) -> None:
        self._above = root.parent
        self._top = next((f for f in (root, *root.parents) if (f / ".git").exists()), self._above)
        self.fallback = self(f"{root.name}/{INDEX}")
        """what stands for findings of no file: the index of services"""

    def __call__(self, shown: str) -> str:
        """The path in the repository; the repository as a whole has none."""
        return _within(self._top, self._above, shown)


@cache
def _within(top: Path, above: Path, shown: str) -> str:
    path = above / shown
    if not path.is_relative_to(top):
        return ""
    inside = path.relative_to(top).as_posix()
    return "" if inside == "." or ".." in inside.split("/") else inside
