"""`tierline rollback`: bring the least safe set back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tierline.cli.options import completed, format_option, place_options

if TYPE_CHECKING:
    from tierline.conductor.place import Place

EPILOG = """\b
Examples:
  tierline rollback --dry-run       who would go back, or why nobody may
  tierline rollback --reason "orders are lost"
  tierline rollback --service M05   because of M05, whatever failed
"""


@click.command("rollback", epilog=EPILOG)
@click.argument("rollout", required=False)
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
@click.option(
    "--service",
    "blamed",
    multiple=True,
    metavar="ID",
    help="Whom to blame; without it what failed.",
    shell_complete=completed("services"),
)
@click.option(
    "--downtime", is_flag=True, help="Let services that only work together stop together."
)
@click.option("--reason", default="", help="Kept in the journal and the report.")
@place_options
@format_option("text", "json", "md")
def command(
    rollout: str | None,
    dry_run: bool,
    blamed: tuple[str, ...],
    downtime: bool,
    reason: str,
    place: Place,
    form: str,
) -> int:
    """Bring services of a rollout back to what was verified before: as few as is safe, or none.

    Of the newest rollout, also of one that completed; what failed is to blame, else what could not
    be judged, else everything that was started. Data is never moved back: where an old revision
    could not live with it, nothing is done, and the reason told. Where a conductor lives, hold first.

    Exit code: 5 rolled back, 6 refused; --dry-run: 0 it can be, 6 refused; 4 HOLD.
    """
    import asyncio

    from tierline.cli.rolling_back import Asking, roll_back_now
    from tierline.cli.session import workspace_of

    asking = Asking(rollout, dry_run, blamed, downtime, reason)
    return asyncio.run(roll_back_now(workspace_of(place, "mesh"), asking, form))
