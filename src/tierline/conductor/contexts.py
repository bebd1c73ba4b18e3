"""From a workspace to the context of a release: choose, gather what its inputs hold, build."""

from __future__ import annotations

from tierline.conductor.assess import choose
from tierline.conductor.look import Look
from tierline.conductor.workspace import Workspace
from tierline.context.build import build_context
from tierline.context.facts import Request
from tierline.context.inputs import wanted_by_context
from tierline.context.model import Release
from tierline.errors import UsageError
from tierline.evidence.contents import with_insides
from tierline.evidence.git import changed_paths
from tierline.mesh.selection import Method, needs, parse_selection


def context_of(workspace: Workspace, selection: str, since: str, look: Look) -> Release:
    """The context of a selection. `since`: a git reference, "" to take the selection's own.

    UsageError for a reference that git does not know, and for a selection that chooses nothing.
    """
    chosen = choose(workspace, selection, look)
    mesh = workspace.mesh
    folders = frozenset(mesh.services[name].path for name in chosen) - {""}
    tree = with_insides(
        workspace.root, workspace.tree, folders, lambda path: wanted_by_context(path, folders)
    )
    reference = since or _reference(selection)
    changed = changed_paths(workspace.root, reference) if reference else None
    request = Request(
        mesh, workspace.policy, selection, chosen, frozenset(chosen), reference, changed
    )
    return build_context(request, tree)


def _reference(selection: str) -> str:
    """The git reference of a selection by `changed:`; "" where it names none.

    UsageError where it names several: contracts are compared with one.
    """
    found = sorted(
        n.argument for n in needs(parse_selection(selection)) if n.kind is Method.CHANGED
    )
    if len(found) > 1:
        raise UsageError(
            f"the selection names {len(found)} references, so which contracts changed has no answer",
            code="usage/since",
            fix="say with which to compare contracts: --since REF",
        )
    return found[0] if found else ""
