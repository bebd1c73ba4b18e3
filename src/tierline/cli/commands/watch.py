"""`tierline watch`: does it go on working?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tierline.cli.options import format_option, place_options

if TYPE_CHECKING:
    from tierline.conductor.place import Place

EPILOG = """\b
Examples:
  tierline watch
  tierline watch --for 90s --format json

\b
Ctrl-C ends it early, and decides HOLD. A rollout that begins meanwhile ends
it, too. After a crash the same command begins again.
"""


@click.command("watch", epilog=EPILOG)
@click.option(
    "--for",
    "duration",
    metavar="TIME",
    help="How long: 90s, 10m, 1h. Default: watch_seconds of the policy (10 minutes).",
)
@place_options
@format_option("text", "json", "md")
def command(duration: str | None, place: Place, form: str) -> int:
    """Keep judging what the newest rollout verified, for a bake time.

    GO takes every service being well to the end. One that is degraded for long fails (an issue is
    opened); one that is degraded for moments is listed. Changes nothing. Exit code: 0 GO, 4 HOLD.
    """
    import asyncio

    from tierline.cli.durations import seconds_of
    from tierline.cli.session import workspace_of

    seconds = None if duration is None else seconds_of(duration, "--for")
    workspace = workspace_of(place)
    from tierline.cli.watching import watch_release

    return asyncio.run(watch_release(workspace, seconds, form))
