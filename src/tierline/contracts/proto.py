"""Proto contracts: which files they are, which of them moved, and what buf said; runs nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from tierline.frozen import frozen
from tierline.mesh.tree import Entry, Kind, Tree

FOLDER = "contracts/"
STUBS = "contracts/gen/"
CONFIG = frozenset({"buf.yaml", "buf.work.yaml", "buf.lock"})
TEMPLATE = "buf.gen.yaml"


@frozen
class Message:
    """What buf says of a place: `path` relative to `contracts/`, "" where it names none.

    `line` and `column` count from 1; 0 means the file as a whole. `rule` is buf's name for it.
    """

    path: str
    line: int
    column: int
    rule: str
    text: str


@frozen
class Said:
    """The answer of buf: everything that it found; nothing is no finding."""

    messages: tuple[Message, ...] = ()


@frozen
class Unsaid:
    """There is no answer: `reason` says why, `fix` what would help."""

    reason: str
    fix: str = ""


@frozen
class Stubs:
    """Generated files against those of the mesh, paths relative to `contracts/`, sorted.

    `made` has the content of each that the contracts give; `missing` and `changed` are of those,
    `left` are files beside them that nothing generates.
    """

    made: Mapping[str, bytes] = field(default_factory=dict[str, bytes])
    missing: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


@frozen
class ProtoFacts:
    """What is known of the proto contracts of a release.

    `moved` are the files (relative to the mesh root) that differ from the reference; `idle` says
    why nothing is to be judged, "" where something is. Of what nobody asked, there is None.
    `rules_moved`: the rules of compatibility are other ones than at the reference.
    """

    moved: tuple[str, ...] = ()
    idle: str = ""
    lint: Said | Unsaid | None = None
    breaking: Said | Unsaid | None = None
    generated: Stubs | Unsaid | None = None
    ungenerated: str = ""
    """why no stubs are generated, "" where some are"""
    rules_moved: bool = False


def is_proto_file(path: str) -> bool:
    """Whether a path of the mesh has to do with proto contracts: sources, stubs, settings of buf."""
    if not path.startswith(FOLDER):
        return False
    name = path.rpartition("/")[2]
    known = name in CONFIG or name == TEMPLATE or path.endswith(".proto")
    return known or path.startswith(STUBS)


def is_source(path: str) -> bool:
    """Whether buf reads it: proto files and its settings, and no stub."""
    known = path.endswith(".proto") or path.rpartition("/")[2] in CONFIG
    return known and path.startswith(FOLDER) and not path.startswith(STUBS)


def proto_files(tree: Tree) -> Mapping[str, Entry]:
    """Those of a tree that are proto contracts, stubs or settings; folders left out."""
    entries = tree.entries.items()
    return {p: e for p, e in entries if is_proto_file(p) and e.kind is not Kind.FOLDER}


def sources(tree: Tree) -> Mapping[str, bytes] | Unsaid:
    """What buf reads, by path relative to `contracts/`; Unsaid where some of it cannot be read."""
    found: dict[str, bytes] = {}
    for path, entry in tree.entries.items():
        if not is_source(path) or entry.kind is Kind.FOLDER:
            continue
        if entry.content is None:
            why = entry.trouble or "it was not read"
            return Unsaid(f"{tree.shown(path)}: {why}", "make it a readable, regular file")
        found[path.removeprefix(FOLDER)] = entry.content
    return found


def has_protos(files: Mapping[str, object]) -> bool:
    """Whether any of these paths is a proto file."""
    return any(path.endswith(".proto") for path in files)


def moved(now: Tree, then: Tree) -> tuple[str, ...]:
    """Proto contracts, stubs and settings that differ, relative to the mesh root, sorted.

    What could not be read on either side counts as moved.
    """
    new, old = proto_files(now), proto_files(then)
    return tuple(sorted(path for path in {*new, *old} if not _same(new.get(path), old.get(path))))


def _same(new: Entry | None, old: Entry | None) -> bool:
    if new is None or old is None or new.content is None:
        return False
    return new.content == old.content


def compared(made: Mapping[str, bytes], outs: tuple[str, ...], now: Tree) -> Stubs:
    """The stubs that were made against those that the tree has below the folders `outs`."""
    has = {
        path.removeprefix(FOLDER): entry.content
        for path, entry in now.entries.items()
        if path.startswith(FOLDER) and entry.kind is not Kind.FOLDER
    }
    return Stubs(
        made=made,
        missing=tuple(sorted(made.keys() - has.keys())),
        changed=tuple(sorted(p for p in made.keys() & has.keys() if made[p] != has[p])),
        left=tuple(sorted(p for p in has.keys() - made.keys() if _is_stub(p, outs, made))),
    )


_BY_HAND = frozenset(
    {"go.mod", "go.sum", "package.json", "pyproject.toml", "__init__.py", "py.typed", ".gitkeep"}
)
"""what makes a folder of stubs usable, and no plugin writes"""


def _is_stub(path: str, outs: tuple[str, ...], made: Mapping[str, bytes]) -> bool:
    """Whether a file stands where only generated ones belong.

    A folder that plugins share with other files (`out: .`) has the stubs that end like one.
    """
    name = path.rpartition("/")[2]
    if name in _BY_HAND or name.upper().startswith(("README", "LICENSE")):
        return False
    below = f"{FOLDER}{path}".startswith(STUBS)
    if below and any(out == "." or path.startswith(f"{out}/") for out in outs):
        return True
    endings = {_ending(one) for one in made}
    return _ending(path) in endings and any(
        out == "." or path.startswith(f"{out}/") for out in outs
    )


def _ending(path: str) -> str:
    """`.pb.go`, `_pb2.py`: what a plugin appends to the name of a proto file."""
    name = path.rpartition("/")[2]
    dotted = name.find(".")
    under = name.rfind("_", 0, dotted if dotted > 0 else None)
    return name[under if under > 0 else dotted :] if dotted > 0 else name
