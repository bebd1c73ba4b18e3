"""`tierline issues`: the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tierline.cli.options import format_option, place_options

if TYPE_CHECKING:
    from tierline.conductor.place import Place

EPILOG = """\b
Examples:
  tierline issues
  tierline issues --all --format json
"""


@click.command("issues", epilog=EPILOG)
@click.option("--all", "everything", is_flag=True, help="Closed ones too.")
@place_options
@format_option("text", "json")
def command(everything: bool, place: Place, form: str) -> int:
    """What stays unresolved: service, impact, next action."""
    from tierline.cli import output
    from tierline.cli.session import local_history, workspace_of
    from tierline.conductor.history import latest
    from tierline.conductor.issues import issues_now
    from tierline.ledger.model import IssueState
    from tierline.report.issues import issues_json, issues_text

    workspace = workspace_of(place, "mesh")
    with local_history(workspace) as store:
        newest = latest(store, workspace.environment)
        found = issues_now(store, workspace.environment, newest[1] if newest else None)
    shown = tuple(i for i in found if everything or i.state is IssueState.OPEN)
    if form == "json":
        output.document(issues_json(shown))
    else:
        output.show(issues_text(shown, output.width()))
    return 0
