"""Finds the folder of the mesh that a command is about; reads nothing in it."""

from __future__ import annotations

import os
from pathlib import Path

from tierline.errors import UsageError
from tierline.mesh.clean import clean

SETTINGS = "tierline.toml"


def find_root(start: Path, explicit: Path | None = None) -> Path:
    """The mesh root as an absolute path, symlinks in it kept so that its name is the one given.

    `explicit` (`--root-path`) may be any folder. Without it: the first of `start`, its `mesh/`, its
    parents that is a mesh. UsageError where there is none.
    """
    if explicit is not None:
        return _explicit(start, explicit)
    start = _absolute(start)
    for candidate in (start, start / "mesh", *start.parents):
        if is_mesh(candidate):
            return candidate
    raise UsageError(
        f"no mesh in {clean(str(start), 200)}, its mesh/ or its parents: "
        "a mesh holds services/ and either scripts/ or tierline.toml",
        code="settings/no-mesh",
        fix="name its folder with --root-path, or make one: tierline init DIR",
    )


def is_mesh(folder: Path) -> bool:
    """Whether a folder holds `services/` and either `scripts/` or `tierline.toml`."""
    try:
        return (folder / "services").is_dir() and (
            (folder / "scripts").is_dir() or (folder / SETTINGS).is_file()
        )
    except OSError:
        return False


def _explicit(start: Path, explicit: Path) -> Path:
    shown = clean(str(explicit), 200)
    try:
        root = _absolute(start / explicit)
        if not root.is_dir():
            fact = "is not a folder" if root.exists() else "does not exist"
        else:
            with os.scandir(root):
                return root
    except OSError as error:
        fact = f"cannot be read: {error.strerror or 'unknown reason'}"
    except ValueError:
        fact = "is not a path"
    raise UsageError(
        f"--root-path {shown} {fact}", code="settings/root", fix="name a mesh's folder"
    )


def _absolute(path: Path) -> Path:
    """Absolute; `..` is resolved on the disk, because after a symlink it means another folder."""
    try:
        return path.resolve() if ".." in path.parts else Path(os.path.abspath(path))  # noqa: PTH100 - resolve() would follow the link that names the mesh
    except (OSError, RuntimeError) as error:
        raise UsageError(
            f"{clean(str(path), 200)} cannot be resolved: {clean(str(error), 200)}",
            code="settings/root",
            fix="name a mesh's folder with --root-path",
        ) from error
