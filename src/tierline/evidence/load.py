"""Reads a mesh from the disk: its tree, the inputs of its index, and what they say."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from tierline.errors import PermanentError, UsageError
from tierline.evidence.tree import read_tree
from tierline.frozen import frozen
from tierline.mesh import canonical, settings_file
from tierline.mesh.clean import clean
from tierline.mesh.defect import Defect
from tierline.mesh.model import Mesh
from tierline.mesh.outline import read_settings
from tierline.mesh.parse import parse_mesh, wanted
from tierline.mesh.settings import Settings
from tierline.mesh.tree import Entry, Kind, Tree


@frozen
class Loaded:
    """A mesh with the tree that it was read from, for who needs more of it than the Mesh holds."""

    mesh: Mesh
    tree: Tree
    canonical: Tree | None


def load_mesh(root: Path) -> Mesh:
    """The mesh in `root` (as `find_root` gives it).

    UsageError where tierline.toml cannot be used; PermanentError where the folder cannot be read.
    Everything else that is wrong is among the mesh's defects.
    """
    return load(root).mesh


def load(root: Path, also: Callable[[str], bool] | None = None) -> Loaded:
    """As `load_mesh`, with the tree; `also` says of which further paths it holds the content."""

    def needed(path: str) -> bool:
        return wanted(path) or (also is not None and also(path))

    tree = read_tree(root, root.name, needed)
    inputs = canonical_of(root, usable_settings(tree))
    return Loaded(parse_mesh(tree, inputs), tree, inputs)


def usable_settings(tree: Tree) -> Settings:
    """What tierline.toml says; UsageError with every error in it."""
    settings, _, defects = read_settings(tree)
    if defects:
        raise _unusable(defects)
    return settings


def _unusable(defects: tuple[Defect, ...]) -> UsageError:
    first, *_ = ordered = sorted(defects, key=lambda defect: (defect.place, defect.message))
    lines = (f"{defect.place}: {defect.message}" for defect in ordered)
    return UsageError(
        f"{settings_file.PATH} cannot be used:\n  " + "\n  ".join(lines),
        code=first.code,
        fix=first.fix,
    )


def canonical_of(root: Path, settings: Settings) -> Tree | None:
    """The folder that tierline.toml names, else the usual one beside the mesh, else inside it."""
    above = root.parent
    if settings.canonical_folder:
        folder = above / settings.canonical_folder
        if not folder.is_dir():
            raise UsageError(
                f"{settings_file.PATH}: canonical.folder {clean(settings.canonical_folder)} "
                f"is no folder beside {clean(root.name)}",
                code="settings/canonical-folder",
                fix="correct it, or leave it out",
            )
        return _inputs(folder, settings.canonical_folder, above)
    for place in (above, root):
        folder = place / canonical.FOLDER
        if folder.is_dir():
            label = canonical.FOLDER if place is above else f"{root.name}/{canonical.FOLDER}"
            return _inputs(folder, label, above)
    return None


def _inputs(folder: Path, label: str, above: Path) -> Tree | None:
    limit = os.path.realpath(above)
    if os.path.commonpath([limit, os.path.realpath(folder)]) != limit:
        raise UsageError(
            f"{clean(label)} leads out of the folder above the mesh",
            code="settings/canonical-folder",
            fix="keep the inputs of the index beside the mesh or inside it",
        )
    try:
        return read_tree(folder, label, canonical.FILES.__contains__, inside=Path(limit))
    except PermanentError as error:
        refused = Entry(Kind.UNREADABLE, trouble=error.message)
        return Tree(label, dict.fromkeys(canonical.FILES, refused))
