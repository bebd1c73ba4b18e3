"""`tierline register`: list services as implemented when their checklist is green."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tierline.cli.options import format_option, place_options, selection_argument

if TYPE_CHECKING:
    from tierline.conductor.place import Place

EPILOG = """\b
Examples:
  tierline register M07
  tierline register domain:data-ai --ready-only
  tierline register M07 --dry-run
"""


@click.command("register", epilog=EPILOG)
@selection_argument
@click.option("--ready-only", is_flag=True, help="List those that are ready, leave the others.")
@click.option("--dry-run", is_flag=True, help="Show the difference and write nothing.")
@place_options
@format_option("text", "json", "md")
def command(
    selection: tuple[str, ...], ready_only: bool, dry_run: bool, place: Place, form: str
) -> int:
    """Add SELECTION to implemented-services.yaml, if its checklist is green.

    On it are code that is no scaffold, unit, integration and contract tests, a contract for every
    event, no gate that fails. All services or none. Exit code: 0 listed, 3 NO-GO, 4 HOLD.
    """
    from tierline.cli.session import words, workspace_of

    workspace = workspace_of(place)
    from tierline.cli import output
    from tierline.cli.registering import register
    from tierline.report.register_document import register_json
    from tierline.report.register_text import register_markdown, register_text

    made, difference = register(workspace, words(selection), ready_only=ready_only, dry_run=dry_run)
    if form == "json":
        output.document(register_json(made))
    elif form == "md":
        output.document(register_markdown(made))
    else:
        output.show(register_text(made, output.width()))
        if dry_run and difference:
            output.document(difference)
    return output.EXIT[made.decision]
