"""`tierline contracts check`: the gates of contracts alone, by the policy of an environment."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from tierline.cli.options import against_option, format_option, place_options

if TYPE_CHECKING:
    from tierline.conductor.place import Place

EPILOG = """\b
Examples:
  tierline contracts check
  tierline contracts check --against main --env production
  tierline contracts check --format md > contracts.md
"""


@click.command("check", epilog=EPILOG)
@place_options
@against_option
@format_option("text", "json", "md")
def command(place: Place, form: str) -> int:
    """Judge events, OpenAPI documents and proto files by every gate of contracts, and by no other.

    The same as `tierline check` with one --gate for each of them, so it is never readiness.
    Exit code: 0 GO, 3 NO-GO, 4 HOLD.
    """
    from tierline.cli.session import workspace_of

    workspace = workspace_of(place)
    from tierline.cli import output
    from tierline.conductor.checking import COMPARING, checked

    result = checked(workspace, COMPARING | {"event-contracts"}, time.time())
    if form == "json":
        from tierline.report.check_document import check_json

        output.document(check_json(result))
    elif form == "md":
        from tierline.report.check_markdown import check_markdown

        output.document(check_markdown(result))
    else:
        from tierline.report.check_text import Show, check_text

        output.show(check_text(result, output.width(), Show.ALL))
    return output.EXIT[result.decision]
