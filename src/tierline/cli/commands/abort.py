"""`tierline abort`: end a rollout."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tierline.cli.options import place_options

if TYPE_CHECKING:
    from tierline.conductor.place import Place

EPILOG = """\b
Examples:
  tierline abort --reason "wrong branch"
"""


@click.command("abort", epilog=EPILOG)
@click.argument("rollout", required=False)
@click.option("--reason", default="", help="Kept in the journal and the report.")
@place_options
def command(rollout: str | None, reason: str, place: Place) -> int:
    """End a rollout; what runs goes on running, and the environment is free for another."""
    from tierline.cli import output
    from tierline.cli.asking import ask_conductor
    from tierline.cli.session import workspace_of
    from tierline.rollout.events import Command

    output.note(ask_conductor(workspace_of(place, "mesh"), rollout, Command.ABORT, reason))
    return 0
