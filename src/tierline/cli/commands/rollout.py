"""`tierline rollout`: carry a plan out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tierline.cli.options import (
    completed,
    format_option,
    images_option,
    papers_options,
    place_options,
    selection_argument,
    wishes_options,
    yes_option,
)

if TYPE_CHECKING:
    from tierline.cli.papers import Papers
    from tierline.conductor.place import Place
    from tierline.conductor.wishes import Wishes
    from tierline.conductor.workspace import Workspace

EPILOG = """\b
Examples:
  tierline rollout                      the whole mesh, on local processes
  tierline rollout M05+ --yes           a service and what depends on it
  tierline rollout release.json         exactly the plan that was reviewed
  tierline rollout --supersedes latest  take over a held rollout, mesh mended
  tierline rollout --checkpoint tier    stop after each tier; see Checkpoints
  tierline rollout --watch 10m          GO only if all stays well that long
  tierline rollout --ready-only         without what is not GO, and says so
  tierline rollout --without "M15 M33"  nor what depends on these
  tierline rollout release.json --approval bob.json --yes
  tierline rollout M05 --break-glass "INC-42: logins fail"
  tierline rollout --target simulated --script faults.toml
  tierline rollout M05 --env staging --dry-run=server

\b
Checkpoints: when all of a tier (or batch) is settled, nothing behind it
starts until somebody says `tierline resume`, from any terminal.

\b
Ctrl-C holds: nothing new starts, what runs is seen through; a second one
leaves at once. The same command again goes on where it was interrupted.
"""


@click.command("rollout", epilog=EPILOG)
@selection_argument
@yes_option
@click.option(
    "--supersedes",
    default="",
    metavar="ID",
    help="Take over a held rollout, or the `latest`.",
    shell_complete=completed("superseded"),
)
@click.option(
    "--watch", "bake", metavar="TIME", help="Then watch for 90s, 10m: GO takes a good watch, too."
)
@papers_options
@click.option(
    "--script", type=click.Path(path_type=Path), help="Faults (TOML) for --target simulated."
)
@click.option(
    "--dry-run",
    type=click.Choice(["server"]),
    help="Only ask the cluster what the plan would change, as `tierline diff` does.",
)
@wishes_options
@place_options
@images_option
@format_option("text", "json", "md", "html")
def command(
    selection: tuple[str, ...],
    yes: bool,
    supersedes: str,
    bake: str | None,
    papers: Papers,
    script: Path | None,
    dry_run: str | None,
    wishes: Wishes,
    place: Place,
    form: str,
) -> int:
    """Roll SELECTION (or a plan file) out in dependency order, and verify each service.

    Shows the plan and asks first. Exit code: 0 GO, 3 NO-GO, 4 HOLD.
    """
    from tierline.cli.durations import seconds_of
    from tierline.cli.session import workspace_of

    seconds = None if bake is None else seconds_of(bake, "--watch")
    workspace = workspace_of(place)
    from tierline.cli.rolling import Wish, rehearse, roll_out, try_out
    from tierline.errors import UsageError

    wish = Wish(selection, yes, supersedes, form, wishes, papers, seconds)
    _refuse_in_rehearsal(workspace, seconds, papers, dry_run)
    if workspace.policy.target == "simulated":
        return rehearse(workspace, wish, script)
    if script is not None:
        raise UsageError(
            f"--script is for a rehearsal, and this would be a rollout to {workspace.environment}",
            code="usage/script",
            fix="add --target simulated, or leave --script out",
        )
    import asyncio

    if dry_run is not None:
        return asyncio.run(try_out(workspace, wish))
    return asyncio.run(roll_out(workspace, wish))


def _refuse_in_rehearsal(
    workspace: Workspace, seconds: float | None, papers: Papers, dry_run: str | None
) -> None:
    """UsageError for what only a rollout of something real can have."""
    from tierline.errors import UsageError

    if workspace.policy.target != "simulated":
        return
    if seconds is not None:
        raise UsageError(
            "a rehearsal keeps nothing that could be watched",
            code="usage/watch",
            fix="leave --watch out",
        )
    if papers.break_glass is not None:
        raise UsageError(
            "a rehearsal starts nothing, so there is no glass to break",
            code="usage/break-glass",
            fix="leave --break-glass out",
        )
    if dry_run is not None:
        raise UsageError(
            "a rehearsal has no server that could be asked",
            code="usage/target",
            fix="leave --dry-run out, or --target simulated",
        )
