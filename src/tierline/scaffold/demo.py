"""Writes the demo mesh: a git repository with `mesh/` and the canonical inputs beside it."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

from tierline.errors import PermanentError, UsageError
from tierline.scaffold.canonical_files import canonical_files
from tierline.scaffold.contract_files import contract_files
from tierline.scaffold.mesh_files import mesh_files
from tierline.scaffold.repository import make_repository
from tierline.scaffold.service_files import MESH, service_files
from tierline.scaffold.services import CANONICAL
from tierline.scaffold.skill import FOLDER, skill_files
from tierline.scaffold.template import filled, templates


def write_demo(folder: Path) -> None:
    """Make `folder` (new or empty) a repository that holds the demo mesh, in one commit.

    The files are the same every time. The commit is not: a mesh without a name is known by its root
    commit, and two demos on one machine must not be taken for one. UsageError when the folder holds
    something already, PermanentError when it cannot be written or there is no git; then nothing is
    left in it.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        message = f"{folder} is not an empty folder"
        raise UsageError(message, code="demo/not-empty", fix="name a new or an empty folder")
    existed = folder.exists()
    try:
        _write(folder)
        make_repository(folder, f"The demo mesh\n\nDemo-Id: {uuid.uuid4()}")
    except BaseException:
        clear_demo(folder, keep=existed)
        raise


def _write(folder: Path) -> None:
    try:
        for path, text in demo_files():
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8", newline="\n")
            file.chmod(0o755 if text.startswith("#!") else 0o644)
    except OSError as error:
        message = f"{error.filename or folder} cannot be written: {error.strerror}"
        raise PermanentError(
            message, code="demo/not-written", fix="name a folder that you may write"
        ) from error


def clear_demo(folder: Path, *, keep: bool) -> None:
    """Take a demo, or what one left that failed half way, out of a folder; `keep` the folder itself."""
    for entry in folder.iterdir() if folder.is_dir() else ():
        if entry.is_dir():
            shutil.rmtree(entry, ignore_errors=True)
        else:
            entry.unlink(missing_ok=True)
    if folder.is_dir() and not keep:
        folder.rmdir()


def demo_files() -> Iterator[tuple[str, str]]:
    """(path, text) of every file of the demo."""
    yield from templates("root")
    yield from canonical_files(CANONICAL)
    shared = ((path, filled(text, {"mesh": MESH})) for path, text in templates("mesh"))
    own = (*templates("python-mesh"), *templates("demo"))
    for source in (shared, own, mesh_files(), service_files()):
        yield from ((f"mesh/{path}", text) for path, text in source)
    yield from ((f"mesh/contracts/{path}", text) for path, text in contract_files())
    yield from ((f"{FOLDER}/{path}", text) for path, text in skill_files())
