"""What `tierline init DIR` does between its arguments and its exit code."""

from __future__ import annotations

import shlex
import shutil
from pathlib import Path

from tierline.cli import output
from tierline.cli.refusing import refused
from tierline.cli.skills import fresh_skill
from tierline.errors import PermanentError
from tierline.evidence.git import top_level
from tierline.evidence.root import is_mesh
from tierline.mesh.clean import clean
from tierline.mesh.defect import Defect, Place
from tierline.mesh.names import slug
from tierline.mesh.profiles import BUILT_IN
from tierline.regex import regex
from tierline.scaffold.blank_mesh import blank_mesh
from tierline.scaffold.changes import Change, conflicts, make
from tierline.scaffold.repository import begin
from tierline.scaffold.skill import FOLDER as SKILLS

LONGEST_NAME = 40
_NAME = regex(r"[a-z](?:[a-z0-9-]*[a-z0-9])?")
_FIRST = "tierline init --service M01-First-Service --domain core-platform"


def new_mesh(folder: Path, name: str, profile: str) -> int:
    """Write an empty mesh into `folder`/mesh; all of it or, with every reason, nothing."""
    own = name or slug(folder.resolve().name)[:LONGEST_NAME].strip("-") or "mesh"
    files = tuple(blank_mesh(own, BUILT_IN[profile]))
    changes = [
        Change(folder, f"mesh/{path}", text.encode(), executable=text.startswith("#!"))
        for path, text in files
    ]
    changes += fresh_skill(folder)
    problems = [*_name(own), *_folder(folder, changes)]
    if problems:
        raise refused(f"no mesh can be made in {clean(str(folder), 200)}", problems)
    inside = _in_repository(_existing(folder))
    make(changes)
    output.show(f"made an empty mesh in {folder / 'mesh'}: {len(files)} files, profile {profile}")
    if inside:
        output.note("nothing is committed: it lies in a repository already; see git status")
    elif shutil.which("git") is None:
        output.note("git is not installed, so it is no repository yet")
    else:
        begin(folder, ["mesh", SKILLS], "An empty mesh")
        output.note("made it a git repository, with everything in one commit")
    here = folder.resolve() == Path.cwd()
    output.note("next:" + ("" if here else f"\n  cd {shlex.quote(str(folder))}"))
    output.note(f"  {_FIRST}\n  tierline check\n  tierline rollout")
    return 0


def _name(name: str) -> list[Defect]:
    if _NAME.fullmatch(name) and len(name) <= LONGEST_NAME:
        return []
    fix = f"--name with a-z, 0-9 and `-`, a letter first, at most {LONGEST_NAME} characters"
    return [Defect("init/bad-name", f"{clean(name)} cannot be a mesh's name", Place(""), fix)]


def _folder(folder: Path, changes: list[Change]) -> list[Defect]:
    """What is there already; a mesh is told once and not file by file."""
    if folder.exists() and not folder.is_dir():
        fix = "name a folder"
        return [Defect("write/conflict", f"{clean(str(folder))} is a file", Place(""), fix)]
    for place in (folder, folder / "mesh"):
        if is_mesh(place):
            fix = f"add a service: {_FIRST}"
            return [Defect("init/mesh", f"{clean(str(place))} is a mesh already", Place(""), fix)]
    fix = "move it away, or name another folder"
    return [Defect("write/conflict", reason, Place(""), fix) for reason in conflicts(changes)]


def _existing(folder: Path) -> Path:
    """The folder itself, or the nearest above it that exists."""
    full = folder.absolute()
    return next(one for one in (full, *full.parents) if one.is_dir())


def _in_repository(folder: Path) -> bool:
    try:
        top_level(folder)
    except PermanentError:
        return False
    return True
