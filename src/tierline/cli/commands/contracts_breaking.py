"""`tierline contracts breaking`: what changed in contracts since a reference, and whom it breaks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tierline.cli.options import against_option, format_option, place_options

if TYPE_CHECKING:
    from tierline.conductor.place import Place

EPILOG = """\b
Examples:
  tierline contracts breaking
  tierline contracts breaking --against main
  tierline contracts breaking --against v1.4 --format md > changes.md
"""


@click.command("breaking", epilog=EPILOG)
@place_options
@against_option
@format_option("text", "json", "md")
def command(place: Place, form: str) -> int:
    """Compare events, OpenAPI documents and proto files with the reference; safe changes are told, too.

    The answer is the same in every environment: 3 NO-GO where a change breaks somebody, 4 HOLD
    where one may, 0 GO. How bad that is where, `tierline check` says.
    """
    from tierline.cli.session import workspace_of

    workspace = workspace_of(place)
    from tierline.cli import output
    from tierline.conductor.comparing import contract_changes
    from tierline.readiness.breaking import verdict_of

    reference, found = contract_changes(workspace)
    if form == "json":
        from tierline.report.contracts_document import contracts_json

        output.document(contracts_json(reference, found))
    elif form == "md":
        from tierline.report.contracts_text import contracts_markdown

        output.document(contracts_markdown(reference, found))
    else:
        from tierline.report.contracts_text import contracts_text

        output.show(contracts_text(reference, found, output.width()))
    return output.EXIT[verdict_of(found)]
