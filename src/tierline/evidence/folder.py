"""Learns everything about one service's folder at once: what it says, how it stands, what it ships.

Its files are read here and forgotten; a question and its answer are small, so that other processes
may be asked, and may be remembered with a stamp of the files.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable
from dataclasses import field
from enum import IntEnum

from tierline.evidence.content import Content, FileStamp
from tierline.evidence.shipped import Shipped, shipped_from
from tierline.evidence.stamps import Stamp, stamp_of
from tierline.evidence.tree import Folder, Walk
from tierline.facts.revision import UNKNOWN
from tierline.frozen import frozen
from tierline.mesh.assemble import with_folder
from tierline.mesh.defect import Defect
from tierline.mesh.model import Service
from tierline.mesh.parse import wanted
from tierline.mesh.service_folder import Asked, FolderRead, read_folder
from tierline.mesh.tree import Entry, Kind, Tree
from tierline.readiness.compose.composition import Composition
from tierline.readiness.facts import (
    ServiceFacts,
    Surroundings,
    files_of,
    told_unread,
    wanted_by_gates,
)
from tierline.readiness.services import judge_service

COMPOSE = "compose"
"""the gate of Compose files"""
_SIDE_BY_SIDE = frozenset({COMPOSE, "manifests"})
"""gates that also look at services side by side"""
_DEPTH = 3
"""of a folder `services/<domain>/<folder>` below the mesh's root"""


class Depth(IntEnum):
    """How much is learnt; each has all before it."""

    MESH = 0
    """what the folder says"""
    JUDGED = 1
    """what gates find in it"""
    SHIPPED = 2
    """what it adds to a revision: every file is read"""


@frozen
class Around:
    """What is the same for all folders of a mesh. `root` is its real path.

    `gates` are those that are asked, None: all; an answer to fewer is not to be remembered.
    """

    root: bytes
    surroundings: Surroundings
    unread: frozenset[str]
    depth: Depth
    gates: frozenset[str] | None = None


@frozen
class Question:
    """One folder; `service` as the index has it, None for a folder that is nobody's."""

    asked: Asked
    service: Service | None = None
    addresses: dict[str, str] = field(default_factory=dict[str, str])
    in_go_work: bool | None = None


@frozen
class Known:
    """What was learnt of one folder. `listed` False: it could not even be listed.

    `stamp` is None where nobody could tell later whether it has changed.
    """

    read: FolderRead
    judged: dict[str, tuple[Defect, ...]]
    composed: Composition = Composition()
    shipped: Shipped | None = None
    stamp: Stamp | None = None
    listed: bool = True


def learn(question: Question, around: Around, start: Folder | None = None) -> Known:
    """Read one folder; `start` says how it was reached, where that was through links."""
    began = time.time_ns()
    path = question.asked.path
    place = around.root.rstrip(b"/") + b"/" + os.fsencode(path)
    noted: list[tuple[bytes, os.stat_result]] = []
    walk = Walk(around.root, _wanted(around.depth), noted=noted)
    walk.run(start or Folder(path, place, _DEPTH))
    if path in walk.entries:
        return Known(FolderRead(), {}, listed=False)
    tree = walk.tree(around.surroundings.label)
    read = read_folder(tree, question.asked, around.surroundings.profile)
    judged, composed = dict[str, tuple[Defect, ...]](), Composition()
    if around.depth >= Depth.JUDGED and question.service is not None:
        facts = _facts(question.service, (question, around), tree, read)
        judged = dict(judge_service(facts, around.gates))
        if around.gates is None or _SIDE_BY_SIDE & around.gates:
            from tierline.readiness.compose.reading import composition_of  # noqa: PLC0415 - late on purpose: few gates need it

            composed = composition_of(facts)
    plain = start is None and not walk.links and all(map(_is_plain, walk.entries.values()))
    shipped = None
    if around.depth >= Depth.SHIPPED and question.service is not None:
        content = Content(os.fsdecode(around.root), _digests(noted, walk) if plain else {})
        files = (name for name, entry in walk.entries.items() if entry.kind is Kind.FILE)
        shipped = shipped_from(content, path, files)
        plain = plain and UNKNOWN not in (shipped.tree, shipped.template)
    stamp = stamp_of(place, noted, began) if plain and around.gates is None else None
    return Known(read, judged, composed, shipped, stamp)


def _wanted(depth: Depth) -> Callable[[str], bool]:
    if depth < Depth.JUDGED:
        return wanted
    return lambda path: wanted(path) or wanted_by_gates(path)


def _facts(
    service: Service, asked: tuple[Question, Around], tree: Tree, read: FolderRead
) -> ServiceFacts:
    question, around = asked
    return ServiceFacts(
        with_folder(service, read),
        files_of(tree.entries),
        question.addresses,
        around.surroundings,
        question.in_go_work,
        around.unread | told_unread(read.defects),
    )


def _is_plain(entry: Entry) -> bool:
    return entry.kind in {Kind.FILE, Kind.FOLDER} and not entry.trouble


def _digests(noted: list[tuple[bytes, os.stat_result]], walk: Walk) -> dict[FileStamp, str]:
    """Of the files that were read already, so that no file is read twice."""
    found: dict[FileStamp, str] = {}
    start = len(walk.inside.rstrip(b"/")) + 1
    for place, info in noted:
        entry = walk.entries.get(os.fsdecode(place[start:]))
        if entry is not None and entry.content is not None:
            path = os.fsdecode(place)
            stamp = (path, info.st_size, info.st_mtime_ns, info.st_ctime_ns, info.st_ino)
            found[stamp] = hashlib.sha256(entry.content).hexdigest()[:32]
    return found
