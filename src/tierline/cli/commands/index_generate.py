"""`tierline index generate`: write the generated files of a mesh anew."""

from __future__ import annotations

from pathlib import Path

import click

from tierline.cli.options import input_options

EPILOG = """\b
Examples:
  tierline index generate
  tierline index generate --dry-run
  tierline index generate --dependencies-path specs/dependencies.yaml
"""


@click.command("generate", epilog=EPILOG)
@click.option(
    "--root-path", type=click.Path(path_type=Path), metavar="DIR", help="The mesh's folder."
)
@input_options
@click.option("--dry-run", is_flag=True, help="Show the difference and write nothing.")
def command(root_path: Path | None, inputs: dict[str, Path], dry_run: bool) -> int:
    """Write services-index.yaml and dependency-load-order.md from their canonical inputs.

    Without the inputs the index stays, and the load order is derived from it. What people wrote in
    the load order, its boundary rule and the titles of the tiers, is kept.
    """
    from tierline.cli.indexing import generate

    return generate(root_path, inputs, dry_run=dry_run)
