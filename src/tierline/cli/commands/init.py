"""`tierline init --demo`: write the demo mesh."""

from __future__ import annotations

from pathlib import Path

import click

EPILOG = """\b
Examples:
  tierline init --demo shop
  cd shop && tierline check && tierline rollout
"""


@click.command("init", epilog=EPILOG)
@click.argument("folder", type=click.Path(path_type=Path), default=".")
@click.option("--demo", is_flag=True, help="Write the demo mesh with its 14 services.")
def command(folder: Path, demo: bool) -> int:
    """Make FOLDER a git repository that holds the demo mesh in mesh/."""
    from tierline.cli import output
    from tierline.errors import UsageError
    from tierline.scaffold.demo import write_demo

    if not demo:
        raise UsageError(
            "this version writes the demo mesh only", code="usage/init", fix="tierline init --demo"
        )
    write_demo(folder)
    output.note(f"wrote {folder}/mesh: 14 services in three tiers")
    output.note(f"  next: cd {folder} && tierline check && tierline rollout")
    return 0
