"""The services that a selection stands for by what the files say; looks at nothing that runs."""

from __future__ import annotations

from tierline.conductor.workspace import Workspace
from tierline.errors import UsageError
from tierline.evidence.choose import gather
from tierline.mesh.selection import Method, needs, parse_selection, select


def chosen_by_files(workspace: Workspace, selection: str) -> tuple[str, ...]:
    """Service ids; UsageError for an empty answer, and for `outdated`, which asks what runs."""
    parsed = parse_selection(selection)
    wanted = needs(parsed)
    if any(need.kind is Method.OUTDATED for need in wanted):
        raise UsageError(
            "check looks at files only, and outdated asks what runs",
            code="selection/unknown",
            fix="tierline ready outdated",
        )
    return select(
        parsed, workspace.mesh, gather(workspace.root, workspace.mesh, wanted, frozenset())
    )
