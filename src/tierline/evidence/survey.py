"""Reads a mesh folder by folder: what changed since it was last read, by several processes if large."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tierline.evidence.folder import COMPOSE, Around, Depth, Known, Question, learn
from tierline.evidence.load import canonical_of, usable_settings
from tierline.evidence.shipped import Shipped
from tierline.evidence.tree import Folder, read_around
from tierline.frozen import frozen
from tierline.mesh.assemble import Outline, complete
from tierline.mesh.folders import SERVICES
from tierline.mesh.model import Mesh
from tierline.mesh.outline import parse_outline
from tierline.mesh.parse import wanted
from tierline.mesh.reading import afresh
from tierline.mesh.service_folder import FolderRead
from tierline.mesh.settings_file import PATH as SETTINGS
from tierline.mesh.tree import Entry, Kind, Tree
from tierline.readiness.compose.composition import Composition
from tierline.readiness.compose.environment import Parsed, environment_files
from tierline.readiness.facts import Judged, Surroundings, told_unread, wanted_by_gates

if TYPE_CHECKING:
    from tierline.evidence.remembered.memory import Memory

Surrounding = Callable[[Mesh, Tree], Surroundings]
MANY = 300
"""folders from which on it is worth it to start other processes"""


@frozen
class Survey:
    """A mesh and what was learnt while its folders were read.

    `tree` has no path inside of services' folders. `judged` maps service -> what gates found in it,
    `composed` -> what of its Compose file concerns others, `compose_files` path -> what a Compose
    file of the environment says (None: gates were not asked); `shipped` maps folder -> what it adds
    to a revision.
    """

    mesh: Mesh
    tree: Tree
    judged: Mapping[str, Judged] | None
    composed: Mapping[str, Composition] | None
    compose_files: Mapping[str, Parsed] | None
    shipped: Mapping[str, Shipped]


@frozen
class Keeping:
    """Where what is learnt may be kept: as `environ` says; apart for each environment that judges."""

    environ: Mapping[str, str]
    environment: str = ""


def survey(
    root: Path,
    depth: Depth,
    surrounding: Surrounding,
    keeping: Keeping,
    gates: frozenset[str] | None = None,
) -> Survey:
    """The mesh in `root` (as `find_root` gives it); errors are those of `load_mesh`.

    `surrounding` says by what gates judge services, from a mesh without the insides of folders.
    No gates but `gates` are needed (None: all are); what is remembered is always whole.
    """
    tree, folders = read_around(root, root.name, _needed, _is_service_folder)
    inputs = canonical_of(root, usable_settings(tree))
    real = os.path.realpath(os.fsencode(root))
    memory = _memory(real, keeping) if _is_text(tree.label) else None
    if memory is not None:
        memory.governed_by(_content(tree, SETTINGS) + os.fsencode(tree.label))
    memo = afresh if memory is None else memory.memo
    asked = gates if memory is None else None
    files: Mapping[str, Parsed] | None = None
    if depth >= Depth.JUDGED:
        unasked = asked is not None and COMPOSE not in asked
        files = {} if unasked else environment_files(tree, memo)
    while True:
        outline = parse_outline(tree, inputs, memo)
        around = Around(
            real,
            surrounding(outline.mesh, tree),
            told_unread(outline.mesh.defects),
            depth,
            asked,
        )
        known = _learn(outline, around, folders, memory)
        closed = {path for path, one in known.items() if not one.listed}
        if not closed:
            return _surveyed(outline, tree, known, files)
        unreadable = Entry(Kind.UNREADABLE, trouble="it cannot be listed")
        tree = Tree(tree.label, {**tree.entries, **dict.fromkeys(closed, unreadable)})


def _learn(
    outline: Outline, around: Around, folders: tuple[Folder, ...], memory: Memory | None
) -> dict[str, Known]:
    questions = _questions(outline)
    linked = {one.path: one for one in folders if one.parents}
    plain = [one for one in questions if one.asked.path not in linked]
    known = memory.recall(plain, around) if memory else {}
    missing = [one for one in plain if one.asked.path not in known]
    learnt = {
        one.asked.path: it for one, it in zip(missing, _answers(missing, around), strict=True)
    }
    if memory is not None:
        memory.keep(plain, learnt, around)
    followed = (one for one in questions if one.asked.path in linked)
    learnt |= {one.asked.path: learn(one, around, linked[one.asked.path]) for one in followed}
    return {
        one.asked.path: known.get(one.asked.path) or learnt[one.asked.path] for one in questions
    }


def _answers(questions: Sequence[Question], around: Around) -> Sequence[Known]:
    if len(questions) < MANY:
        return [learn(one, around) for one in questions]
    from tierline.evidence.workers import learn_all  # noqa: PLC0415 - late on purpose: few need it

    return learn_all(questions, around)


def _questions(outline: Outline) -> list[Question]:
    mesh = outline.mesh
    used = None if mesh.workspace is None else {module.path for module in mesh.workspace}
    return [
        Question(
            asked,
            mesh.services.get(asked.service_id or ""),
            dict(mesh.settings.addresses.get(asked.service_id or "", {})),
            None if used is None else asked.path in used,
        )
        for asked in outline.folders
    ]


def _surveyed(
    outline: Outline,
    tree: Tree,
    known: Mapping[str, Known],
    compose_files: Mapping[str, Parsed] | None,
) -> Survey:
    judged = composed = None
    if compose_files is not None:
        nothing = Known(FolderRead(), {})
        each = {
            name: known[service.path] if service.path else nothing
            for name, service in outline.mesh.services.items()
        }
        judged = {name: one.judged for name, one in each.items()}
        composed = {name: one.composed for name, one in each.items()}
    return Survey(
        complete(outline, {path: one.read for path, one in known.items()}),
        tree,
        judged,
        composed,
        compose_files,
        {path: one.shipped for path, one in known.items() if one.shipped is not None},
    )


def _memory(real: bytes, keeping: Keeping) -> Memory | None:
    from tierline.evidence.remembered.place import file_of  # noqa: PLC0415 - late on purpose

    file = file_of(real, keeping.environment, keeping.environ)
    if file is None:
        return None
    from tierline.evidence.remembered.memory import Memory  # noqa: PLC0415 - late on purpose

    return Memory(file, real)


def _is_text(label: str) -> bool:
    """Whether a name can be written down; a folder's may hold any bytes."""
    return label.isascii() or label.encode(errors="ignore").decode() == label


def _is_service_folder(path: str) -> bool:
    return path.startswith(f"{SERVICES}/") and path.count("/") == 2


def _needed(path: str) -> bool:
    return wanted(path) or wanted_by_gates(path)


def _content(tree: Tree, path: str) -> bytes:
    entry = tree.entries.get(path)
    return (entry.content if entry else None) or b""
