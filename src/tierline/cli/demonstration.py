"""What `demo` does: a mesh from nothing, through every step, and away again."""

from __future__ import annotations

import asyncio
import shlex
import shutil
import tempfile
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

from tierline.cli import output
from tierline.cli.rolling import Wish, roll_out
from tierline.cli.session import local_folders
from tierline.conductor.workspace import LOCAL, Place, open_workspace
from tierline.errors import UsageError
from tierline.frozen import frozen
from tierline.scaffold.breaks import break_service
from tierline.scaffold.demo import clear_demo, write_demo
from tierline.scaffold.repository import knows_author

if TYPE_CHECKING:
    from tierline.conductor.workspace import Workspace


@frozen
class Demonstration:
    """The arguments of `demo`."""

    folder: Path | None
    keep: bool
    broken: tuple[str, ...]
    form: str


def demonstrate(wish: Demonstration) -> int:
    """Run the demo; returns the exit code of its rollout."""
    breaks = [_parsed(text) for text in wish.broken]
    folder = wish.folder or Path(tempfile.gettempdir(), f"tierline-demo-{uuid.uuid4().hex[:8]}")
    workspace = _made(folder, breaks)
    try:
        code = asyncio.run(roll_out(workspace, Wish((), yes=True, supersedes="", form=wish.form)))
    finally:
        if not wish.keep:
            _clean_up(workspace, None if wish.folder else folder)
    if wish.keep:
        _say_how_to_go_on(folder, breaks)
    else:
        tried = "" if breaks else "; --break M06=exit breaks a service"
        left = f"only {folder} is left" if wish.folder else "nothing of it is left"
        output.note(f"{left}; --keep leaves it running, to go on with{tried}")
    return code


def _made(folder: Path, breaks: list[tuple[str, str]]) -> Workspace:
    """The mesh, broken as asked and opened, with a place for its state; else nothing is left."""
    output.note(f"writing a mesh of 14 services to {folder}")
    existed = folder.exists()
    write_demo(folder)
    try:
        for service, mode in breaks:
            commit = break_service(folder, service, mode)
            output.note(f"broke {service} ({mode}) in commit {commit[:12]}")
        workspace = open_workspace(Place(root_path=folder / "mesh", environment=LOCAL))
        local_folders(workspace)
    except BaseException:
        clear_demo(folder, keep=existed)
        raise
    return workspace


def _parsed(text: str) -> tuple[str, str]:
    service, equals, mode = text.partition("=")
    if not (service and equals and mode):
        raise UsageError(
            f"--break {text}: write SERVICE=MODE",
            code="usage/break",
            fix="for example --break M06=exit",
        )
    return service, mode


def _clean_up(workspace: Workspace, folder: Path | None) -> None:
    """Stop what runs and remove its state; the mesh too, unless its folder was given."""
    from tierline.targets.local.target import down

    output.note("cleaning up: stopping every service")
    folders = local_folders(workspace)
    asyncio.run(down(folders))
    for path in (folders.state, folders.runtime, folder):
        if path is not None:
            shutil.rmtree(path, ignore_errors=True)


def _say_how_to_go_on(folder: Path, breaks: list[tuple[str, str]]) -> None:
    output.note("\nleft running; to look around:")
    output.note(f"  cd {shlex.quote(str(folder))}")
    output.note("  tierline status")
    output.note(f"  tierline logs {breaks[0][0] if breaks else 'M05'}")
    output.note("  tierline issues")
    if breaks:
        commits = "HEAD" if len(breaks) == 1 else f"HEAD~{len(breaks)}.."
        output.note("to mend it and go on:")
        who = "" if knows_author(folder) else " -c user.name=me -c user.email=me@localhost"
        output.note(f"  git{who} revert --no-edit {commits}")
        output.note("  tierline rollout --supersedes latest")
    output.note("to end it:")
    output.note("  tierline down")
