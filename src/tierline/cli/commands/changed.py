"""`tierline changed`: which modules did a change touch?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tierline.cli.options import format_option

if TYPE_CHECKING:
    from tierline.evidence.changed import Changes

EPILOG = """\b
Examples:
  tierline changed                     since the branch began, edits included
  tierline changed main
  tierline changed v1.3 v1.4           between two commits
  tierline changed main --format json  for CI: a JSON array
"""
_SHOWN = 5


@click.command("changed", epilog=EPILOG)
@click.argument("base", default="")
@click.argument("head", default="")
@click.option(
    "--root-path", type=click.Path(path_type=Path), metavar="DIR", help="The mesh's folder."
)
@format_option("text", "json")
def command(base: str, head: str, root_path: Path | None, form: str) -> int:
    """List the folders of modules that differ between BASE and HEAD, one a line.

    A contract, a shared folder or a lock file counts for every service that it concerns. Without
    HEAD it is the working tree, edits and untracked files included. Without BASE it is where the
    branch began, on the default branch the commit before.
    """
    from tierline.cli import output
    from tierline.evidence.changed import changes
    from tierline.evidence.load import load_mesh
    from tierline.evidence.root import find_root
    from tierline.mesh.clean import clean

    root = find_root(Path.cwd(), root_path)
    mesh = load_mesh(root)
    found = changes(root, mesh, base, head or None)
    folders = [f"{mesh.label}/{module}" for module in found.modules]
    if form == "json":
        output.document(json.dumps(folders))
    elif folders:
        output.document("\n".join(clean(folder, 500) for folder in folders))
    for line in _notes(found, head):
        output.note(line)
    return 0


def _notes(found: Changes, head: str) -> list[str]:
    """What was compared, and what of it is easily overlooked."""
    reference = found.reference
    until = head or "the working tree"
    lines = [f"compared {until} with {reference.name}, {reference.how}"]
    if found.uncommitted:
        lines.append(f"not committed, and counted: {_some(found.uncommitted)}")
    if not found.modules:
        lines.append("no module changed")
    if found.loose:
        lines.append(f"of no module: {_some(found.loose)}")
    return lines


def _some(paths: tuple[str, ...]) -> str:
    more = f" and {len(paths) - _SHOWN} more" if len(paths) > _SHOWN else ""
    return ", ".join(paths[:_SHOWN]) + more
