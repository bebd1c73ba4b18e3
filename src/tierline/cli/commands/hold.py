"""`tierline hold`: ask a running rollout to start nothing more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tierline.cli.options import place_options

if TYPE_CHECKING:
    from tierline.conductor.place import Place

EPILOG = """\b
Examples:
  tierline hold --reason "database maintenance until 14:00"
  tierline resume
"""


@click.command("hold", epilog=EPILOG)
@click.argument("rollout", required=False)
@click.option("--reason", default="", help="Shown to whoever looks at the rollout.")
@place_options
def command(rollout: str | None, reason: str, place: Place) -> int:
    """Start nothing more; what runs is finished and verified. `tierline resume` goes on."""
    from tierline.cli import output
    from tierline.cli.asking import ask_conductor
    from tierline.cli.session import workspace_of
    from tierline.rollout.events import Command

    output.note(ask_conductor(workspace_of(place, "mesh"), rollout, Command.HOLD, reason))
    return 0
