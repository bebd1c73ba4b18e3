"""`tierline demo`: a whole mesh of real services, from nothing to the report."""

from __future__ import annotations

from pathlib import Path

import click

from tierline.cli.options import format_option

EPILOG = """\b
Examples:
  tierline demo
  tierline demo --break M06=exit    its dependents are held, the rest goes on
  tierline demo shop --keep         leave it running and look around
  tierline demo --break M01=health --format json > report.json

\b
Ways to break a service: build, boot, config, health, dependency, telemetry,
slow, exit, port, flap.
"""


@click.command("demo", epilog=EPILOG)
@click.argument("folder", type=click.Path(path_type=Path), required=False)
@click.option("--keep", is_flag=True, help="Leave it running; print how to mend and go on.")
@click.option(
    "--break",
    "broken",
    metavar="SERVICE=MODE",
    multiple=True,
    help="Break a service by a commit; repeatable.",
)
@format_option("text", "json", "md")
def command(folder: Path | None, keep: bool, broken: tuple[str, ...], form: str) -> int:
    """Write the demo mesh, check it, plan it, roll it out on this machine, report, clean up.

    FOLDER is where the mesh is written; without it a temporary folder is used. Needs no Docker, no
    Kubernetes and no network.

    Exit code: 0 GO, 4 HOLD (as with --break).
    """
    from tierline.cli.demonstration import Demonstration, demonstrate

    return demonstrate(Demonstration(folder, keep, broken, form))
