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
    """A contract on both sides: None where it was not there, or is not. `path` is the mesh's."""

    kind: Kind
    path: str
    shown: str
    old: Entry | None
    new: Entry | None

    @property
    def subject(self) -> str:
        """What it is the contract of, as people say it."""
        return event_of(self.path) or self.path.removeprefix(OPENAPI)

    @property
    def differs(self) -> bool:
        """Whether it came, went or has another content; what could not be read may have."""
        return bool(self.old or self.new) and not _equal(self.old, self.new)

    @property
    def texts(self) -> tuple[bytes, ...]:
        """What it says on both sides, where that is known."""
        entries = (self.old, self.new)
        return tuple(e.content for e in entries if e is not None and e.content is not None)


def kind_of(path: str) -> Kind | None:
    """What a path of the mesh is a contract of, as far as it is compared here."""
    if event_of(path) is not None:
        return Kind.EVENT
    return Kind.OPENAPI if path.startswith(OPENAPI) and is_api_contract(path) else None


def differing(kind: Kind, then: Tree, now: Tree) -> tuple[ContractFile, ...]:
    """The contracts of a kind that are not the same in both, by path."""
    paths = sorted(then.entries.keys() | now.entries.keys())
    files = (same_path(kind, path, then, now) for path in paths if kind_of(path) is kind)
    return tuple(file for file in files if file.differs)


def has_contracts(kind: Kind, *trees: Tree) -> bool:
    """Whether some tree has a contract of this kind."""
    return any(kind_of(path) is kind for tree in trees for path in tree.entries)


def is_shared(path: str) -> bool:
    """Whether a path of the mesh is a schema that contracts may refer to."""
    return path.startswith(SHARED) and path.endswith((".json", ".yaml", ".yml"))


def same_path(kind: Kind, path: str, then: Tree, now: Tree) -> ContractFile:
    """What a path is in both, whether it differs or not."""
    old, new = (_file(tree.entries.get(path)) for tree in (then, now))
    return ContractFile(kind, path, now.shown(path), old, new)


def _file(entry: Entry | None) -> Entry | None:
    return None if entry is None or entry.kind is PathKind.FOLDER else entry


def _equal(old: Entry | None, new: Entry | None) -> bool:
    """Whether both have the same content; what could not be read is not the same."""
    if old is None or new is None:
        return False
    return old.content is not None and old.content == new.content
