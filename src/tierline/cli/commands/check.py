"""`tierline check`: every gate over the mesh; needs no state, no network and no HOME."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from tierline.cli.options import completed, format_option, place_options

if TYPE_CHECKING:
    from tierline.conductor.place import Place

EPILOG = """\b
Examples:
  tierline check
  tierline check --gate structure --gate config
  tierline check --env production --policy ops/policy.toml --format json
"""


@click.command("check", epilog=EPILOG)
@click.option(
    "--gate",
    "gates",
    multiple=True,
    metavar="ID",
    help="Only this gate; repeatable.",
    shell_complete=completed("gates"),
)
@place_options
@format_option("text", "json")
def command(gates: tuple[str, ...], place: Place, form: str) -> int:
    """Judge the mesh by every gate.

    Findings come with file, line and fix. Exit code: 0 GO, 3 NO-GO, 4 HOLD.
    """
    from tierline.cli.session import workspace_of

    workspace = workspace_of(place)
    from tierline.cli import output
    from tierline.conductor.checking import checked
    from tierline.report.check_document import check_json
    from tierline.report.check_text import check_text

    result = checked(workspace, frozenset(gates) or None, time.time())
    if form == "json":
        output.document(check_json(result))
    else:
        output.show(check_text(result, output.width()))
    return output.EXIT[result.decision]
