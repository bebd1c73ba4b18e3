"""`tierline check`: every gate over the mesh; needs no state, no network and no HOME."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from tierline.cli.options import completed, format_option, place_options, selection_argument

if TYPE_CHECKING:
    from tierline.conductor.place import Place

EPILOG = """\b
Examples:
  tierline check
  tierline check M05                   everything about one service
  tierline check changed:main          the services that a branch touches
  tierline check --gate structure --gate config
  tierline check --code structure/missing-file
  tierline check --env production --policy ops/policy.toml --format json
"""


@click.command("check", epilog=EPILOG)
@selection_argument
@click.option(
    "--gate",
    "gates",
    multiple=True,
    metavar="ID",
    help="Only this gate; repeatable.",
    shell_complete=completed("gates"),
)
@click.option(
    "--code",
    "codes",
    multiple=True,
    metavar="CODE",
    help="Show only findings of this code; repeatable.",
    shell_complete=completed("codes"),
)
@click.option(
    "--severity",
    "severities",
    multiple=True,
    type=click.Choice(("fail", "unknown", "warn")),
    help="Show only such findings; repeatable.",
)
@click.option("--all", "everything", is_flag=True, help="Show every finding, not only causes.")
@place_options
@format_option("text", "json", "md")
def command(
    selection: tuple[str, ...],
    gates: tuple[str, ...],
    codes: tuple[str, ...],
    severities: tuple[str, ...],
    everything: bool,
    place: Place,
    form: str,
) -> int:
    """Judge the mesh by every gate, or what counts against the services of SELECTION.

    Findings come with file, line and fix. --code and --severity only choose what is shown.
    Exit code: 0 GO, 3 NO-GO, 4 HOLD.
    """
    from tierline.cli.session import words, workspace_of

    workspace = workspace_of(place)
    from tierline.cli import output
    from tierline.conductor.checking import checked
    from tierline.readiness.narrow import listed, of_services

    result = checked(workspace, frozenset(gates) or None, time.time())
    if selection:
        from tierline.conductor.choosing import chosen_by_files

        result = of_services(result, frozenset(chosen_by_files(workspace, words(selection))))
    result = listed(result, frozenset(codes), frozenset(severities))
    if form == "json":
        from tierline.report.check_document import check_json

        output.document(check_json(result))
    elif form == "md":
        from tierline.report.check_markdown import check_markdown

        output.document(check_markdown(result))
    else:
        from tierline.report.check_text import Show, check_text

        narrow = bool(everything or selection or codes or severities)
        show = Show.ALL if narrow else Show.SHORT
        output.show(check_text(result, output.width(), show))
    return output.EXIT[result.decision]
