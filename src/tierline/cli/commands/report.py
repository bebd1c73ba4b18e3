"""`tierline report`: the report of a rollout, the newest one unless another is named."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tierline.cli.options import completed, format_option, place_options

if TYPE_CHECKING:
    from tierline.conductor.place import Place

EPILOG = """\b
Examples:
  tierline report
  tierline report R-20260504-1 --format md > release.md
  tierline report --format html > release.html
"""


@click.command("report", epilog=EPILOG)
@click.argument("rollout", required=False, shell_complete=completed("rollouts"))
@place_options
@format_option("text", "json", "md", "html")
def command(rollout: str | None, place: Place, form: str) -> int:
    """Decision per service and batch, order used, current status, blockers, follow-up.

    Exit code: 0 GO, 4 HOLD.
    """
    from tierline.cli.conducting import show_report
    from tierline.cli.session import local_history, workspace_of
    from tierline.cli.which import which
    from tierline.conductor.history import latest
    from tierline.conductor.issues import issues_now

    workspace = workspace_of(place)
    with local_history(workspace) as store:
        _, state = which(store, workspace.environment, rollout)
        newest = latest(store, workspace.environment)
        issues = issues_now(store, workspace.environment, newest[1] if newest else None)
        return show_report(state, issues, form)
