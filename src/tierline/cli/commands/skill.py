"""`tierline skill`: teach an agent how this mesh is released."""

from __future__ import annotations

from pathlib import Path

import click

EPILOG = """\b
Examples:
  tierline skill show
  tierline skill install                  skills/ of this repository
  tierline skill install ~/.agent/skills  where your agent looks for them
"""
_INSTALL = """\b
Examples:
  tierline skill install
  tierline skill install ~/.agent/skills
  tierline skill install --force          replace an older or a changed one
"""


@click.group("skill", epilog=EPILOG)
def command() -> None:
    """The skill by which an agent releases and operates a mesh with tierline."""


@command.command("show", short_help="Print the skill.")
def show() -> int:
    """Print SKILL.md."""
    from tierline.cli import output
    from tierline.scaffold.skill import skill_files

    for _, text in skill_files():
        output.document(text)
    return 0


@command.command("install", epilog=_INSTALL, short_help="Write the skill into a folder.")
@click.argument("folder", required=False, type=click.Path(path_type=Path, file_okay=False))
@click.option("--force", is_flag=True, help="Replace another version of it.")
def install(folder: Path | None, force: bool) -> int:
    """Write mesh-release-and-operations/SKILL.md into FOLDER.

    Without FOLDER into skills/ of the repository around this folder.
    """
    from tierline.cli import output, skills
    from tierline.evidence.git import top_level
    from tierline.scaffold.skill import FOLDER

    place = folder or Path(top_level(Path.cwd()) or Path.cwd()) / FOLDER
    written = skills.install(place.expanduser(), force=force)
    for file in written:
        output.note(f"wrote {file}")
    if not written:
        output.note(f"it is in {place} already")
    return 0
