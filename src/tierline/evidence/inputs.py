"""Reads the canonical inputs of an index from files that somebody names one by one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from tierline.errors import UsageError
from tierline.evidence.load import Loaded
from tierline.evidence.tree import read_regular
from tierline.mesh.clean import clean
from tierline.mesh.parse import parse_mesh
from tierline.mesh.tree import Entry, Kind, Tree

MOST_BYTES = 32 << 20


def with_inputs(loaded: Loaded, named: Mapping[str, Path]) -> Loaded:
    """The mesh as it is with these files (`dependencies.yaml` -> path) in place of its own inputs.

    UsageError names every one that cannot be read.
    """
    if not named:
        return loaded
    entries: dict[str, Entry] = dict(loaded.canonical.entries) if loaded.canonical else {}
    refused: list[str] = []
    for name, path in named.items():
        try:
            content = read_regular(path, MOST_BYTES)
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            refused.append(f"{clean(str(path), 200)}: {reason}")
        else:
            entries[name] = Entry(Kind.FILE, len(content), content)
    if refused:
        raise UsageError(
            "inputs of the index cannot be read:\n  " + "\n  ".join(refused),
            code="index/input",
            fix="name readable files",
        )
    tree = Tree(_label(loaded, named), entries)
    return replace(loaded, mesh=parse_mesh(loaded.tree, tree), canonical=tree)


def _label(loaded: Loaded, named: Mapping[str, Path]) -> str:
    """The folder of the named files, where they have one and the names that are usual in it."""
    folders = {path.parent for path in named.values()}
    if len(folders) == 1 and all(path.name == name for name, path in named.items()):
        return clean(folders.pop().as_posix(), 200)
    return loaded.canonical.label if loaded.canonical else ""
