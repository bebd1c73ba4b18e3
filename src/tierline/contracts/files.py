"""Which contract files of a mesh differ, then and now; does not open them."""

from __future__ import annotations

from tierline.contracts.change import Kind
from tierline.frozen import frozen
from tierline.mesh.api_contracts import OPENAPI, is_api_contract
from tierline.mesh.event_contract import event_of
from tierline.mesh.tree import Entry, Tree
from tierline.mesh.tree import Kind as PathKind

SHARED = "contracts/schemas/"


@frozen
class ContractFile:
    """A contract that differs: None where it was not there, or is not. `path` is the mesh's."""

    kind: Kind
    path: str
    shown: str
    old: Entry | None
    new: Entry | None

    @property
    def subject(self) -> str:
        """What it is the contract of, as people say it."""
        return event_of(self.path) or self.path.removeprefix(OPENAPI)


def kind_of(path: str) -> Kind | None:
    """What a path of the mesh is a contract of, as far as it is compared here."""
    if event_of(path) is not None:
        return Kind.EVENT
    return Kind.OPENAPI if path.startswith(OPENAPI) and is_api_contract(path) else None


def differing(kind: Kind, then: Tree, now: Tree) -> tuple[ContractFile, ...]:
    """The contracts of a kind that are not the same in both, by path."""
    found: list[ContractFile] = []
    for path in sorted(then.entries.keys() | now.entries.keys()):
        old, new = (_file(tree.entries.get(path)) for tree in (then, now))
        if kind_of(path) is kind and (old or new) and not _equal(old, new):
            found.append(ContractFile(kind, path, now.shown(path), old, new))
    return tuple(found)


def has_contracts(kind: Kind, *trees: Tree) -> bool:
    """Whether some tree has a contract of this kind."""
    return any(kind_of(path) is kind for tree in trees for path in tree.entries)


def is_shared(path: str) -> bool:
    """Whether a path of the mesh is a schema that contracts may refer to."""
    return path.startswith(SHARED) and path.endswith((".json", ".yaml", ".yml"))


def shared_differing(kind: Kind, then: Tree, now: Tree) -> tuple[str, ...]:
    """Shared schemas that are not the same in both and that a contract of this kind names, by path."""
    found = [
        path
        for path in sorted(then.entries.keys() | now.entries.keys())
        if is_shared(path)
        and not _equal(_file(then.entries.get(path)), _file(now.entries.get(path)))
    ]
    if not found:
        return ()
    texts = [
        entry.content
        for tree in (then, now)
        for path, entry in tree.entries.items()
        if kind_of(path) is kind and entry.content is not None
    ]
    names = {path: path.rpartition("/")[2].encode("utf-8", "surrogateescape") for path in found}
    return tuple(path for path in found if any(names[path] in text for text in texts))


def _file(entry: Entry | None) -> Entry | None:
    return None if entry is None or entry.kind is PathKind.FOLDER else entry


def _equal(old: Entry | None, new: Entry | None) -> bool:
    """Whether both have the same content; what could not be read is not the same."""
    if old is None or new is None:
        return False
    return old.content is not None and old.content == new.content
