"""`tierline approve`: sign a plan, so that it may be rolled out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tierline.cli.options import format_option, place_options, yes_option

if TYPE_CHECKING:
    from tierline.conductor.place import Place

EPILOG = """\b
Examples:
  tierline approve release.json
  tierline approve release.json --yes -o ada.json
  tierline approve 3f9a12bc --env prod
  tierline approve release.json --withdraw

\b
PLAN is a plan file, or the first digits of a plan that a rollout here was
refused. An approval of another machine comes with -o FILE there, and
tierline rollout PLAN --approval FILE here.
"""


@click.command("approve", epilog=EPILOG)
@click.argument("plan")
@click.option("--key", "key", metavar="NAME", help="The key to sign with, if you have several.")
@click.option("--withdraw", is_flag=True, help="Take back what you approved before.")
@click.option(
    "--output", "-o", "file", type=click.Path(path_type=Path), help="Also write it to a file."
)
@yes_option
@place_options
@format_option("text", "json")
def command(
    plan: str,
    key: str | None,
    withdraw: bool,
    file: Path | None,
    yes: bool,
    place: Place,
    form: str,
) -> int:
    """Approve PLAN: show it, ask, and sign its digest with your key.

    Any change of what the plan binds voids the approval. The environment is that of the plan.
    """
    from tierline.cli.approving import Asked, approve

    return approve(place, Asked(plan, key, withdraw, file, yes, form))
