"""`tierline ready`: may it ship?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tierline.cli.options import (
    against_option,
    format_option,
    images_option,
    place_options,
    selection_argument,
)

if TYPE_CHECKING:
    from tierline.conductor.place import Place

EPILOG = """\b
Examples:
  tierline ready
  tierline ready M05+
  tierline ready domain:data-ai --env staging --policy ops/policy.toml
  tierline ready changed:main --format json
"""


@click.command("ready", epilog=EPILOG)
@selection_argument
@place_options
@images_option
@against_option
@format_option("text", "json")
def command(selection: tuple[str, ...], place: Place, form: str) -> int:
    """Decide GO, NO-GO or HOLD for each service and batch of SELECTION, with the chain of causes.

    Exit code: 0 GO, 3 NO-GO, 4 HOLD.
    """
    from tierline.cli.session import words, workspace_of

    workspace = workspace_of(place)
    from tierline.cli import output
    from tierline.cli.assessing import assess_now
    from tierline.report.ready_document import ready_json
    from tierline.report.ready_text import ready_text

    readiness = assess_now(workspace, words(selection)).readiness
    if form == "json":
        output.document(ready_json(readiness))
    else:
        output.show(ready_text(readiness, output.width()))
    return output.EXIT[readiness.decision]
