"""Who wrote what a plan ships, by git: the people of the newest commit of each planned service.

Asks git alone, and takes its word: an author's address is what the committer wrote there.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tierline.errors import TierlineError
from tierline.evidence.git import changed_paths, is_shallow, newest_authors
from tierline.facts.approval import Authorship
from tierline.mesh.model import Mesh
from tierline.plan.model import Plan, PlannedService

_TREE, _CLOSURE, _TOOLS = "service tree", "closure: ", "toolchain"
"""parts of a revision that are named otherwise than their paths"""


def authorship(root: Path, mesh: Mesh, plan: Plan) -> Authorship:
    """The authors of every planned service, and what keeps us from telling."""
    try:
        if is_shallow(root):
            return Authorship(unknown={"": "the clone is shallow: git fetch --unshallow"})
        edited = changed_paths(root, "HEAD")
        authors: dict[str, frozenset[str]] = {}
        unknown: dict[str, str] = {}
        for planned in plan.services:
            name, paths = planned.service_id, tuple(_paths(mesh, planned))
            loose = next((path for path in edited if _below(path, paths)), None)
            if loose is not None:
                unknown[name] = f"{loose} is not committed"
            found = newest_authors(root, paths)
            if not found:
                unknown.setdefault(name, "no commit has it")
            authors[name] = found
    except TierlineError as error:
        return Authorship(unknown={"": error.message})
    return Authorship(authors, unknown)


def _paths(mesh: Mesh, planned: PlannedService) -> Iterator[str]:
    """Files and folders, relative to the mesh root, that its source revision consists of."""
    for part in planned.revision.source:
        if part.name == _TREE:
            yield mesh.services[planned.service_id].path
        elif part.name.startswith(_CLOSURE):
            yield part.name.removeprefix(_CLOSURE)
        elif not part.name.startswith(_TOOLS):
            yield part.name


def _below(path: str, folders: tuple[str, ...]) -> bool:
    return any(path == folder or path.startswith(f"{folder}/") for folder in folders)
