"""`tierline can-roll`: can these be released as things stand, and if not alone, with whom?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tierline.cli.options import completed, format_option, place_options, selection_argument

if TYPE_CHECKING:
    from tierline.conductor.place import Place

EPILOG = """\b
Examples:
  tierline can-roll M05
  tierline can-roll M05 M06 --env staging --policy ops/policy.toml
  tierline can-roll changed:main --format json
  tierline can-roll "M05 M06" --together "M05 M06"
"""


@click.command("can-roll", epilog=EPILOG)
@selection_argument
@click.option(
    "--together",
    multiple=True,
    metavar="SELECTION",
    shell_complete=completed("selections"),
    help="These move as one: between two of their starts they need not work.",
)
@place_options
@format_option("text", "json", "md")
def command(selection: tuple[str, ...], together: tuple[str, ...], place: Place, form: str) -> int:
    """Do the contracts of SELECTION fit what the environment runs, all the way through a release?

    Where they cannot move alone, the smallest set that can is named, with the proof.

    Exit code: 0 GO (they can move alone), 3 NO-GO, 4 HOLD (nobody knows).
    """
    from tierline.cli.session import words, workspace_of

    workspace = workspace_of(place)
    from tierline.cli import output
    from tierline.cli.assessing import crossing_now
    from tierline.report.can_roll_document import can_roll_json
    from tierline.report.can_roll_text import can_roll_markdown, can_roll_text

    answer = crossing_now(workspace, words(selection), words(together))
    where = workspace.environment
    if form == "json":
        output.document(can_roll_json(answer, where))
    elif form == "md":
        output.document(can_roll_markdown(answer, where))
    else:
        output.show(can_roll_text(answer, where, output.width()))
    return output.EXIT[answer.decision]
