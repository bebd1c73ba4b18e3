"""What `diff` and `rollout --dry-run=server` do between their arguments and their exit code."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tierline.cli import output
from tierline.conductor.differing import compare

if TYPE_CHECKING:
    from tierline.conductor.workspace import Workspace


async def compared(workspace: Workspace, selection: str, form: str) -> int:
    """Compare what a selection stands for, print it, and return the exit code."""
    from tierline.conductor.assess import choose
    from tierline.conductor.look import Look

    return await told(workspace, choose(workspace, selection, Look()), form)


async def told(workspace: Workspace, services: Iterable[str], form: str) -> int:
    """The same of services by their ids."""
    found = await compare(workspace, services)
    from tierline.report.diff_document import diff_json
    from tierline.report.diff_text import diff_markdown, diff_text

    if form == "json":
        output.document(diff_json(found))
    elif form == "md":
        output.document(diff_markdown(found))
    else:
        output.show(diff_text(found, output.width()))
    return output.EXIT[found.decision]
