"""What buf said of compatibility as changes of contracts, beside those of events and interfaces."""

from __future__ import annotations

from collections.abc import Iterable

from tierline.contracts.change import Change, Kind, Side, Spot
from tierline.contracts.files import ContractFile
from tierline.contracts.proto import FOLDER, Message, Said, Unsaid
from tierline.mesh.defect import Place
from tierline.mesh.model import Mesh
from tierline.mesh.tree import Tree
from tierline.readiness.breaking import Compared
from tierline.readiness.proto import owner_of

_CONSUMER = frozenset({Side.CONSUMER})
_BEFORE = "../before/"


def proto_changes(
    mesh: Mesh, moved: Iterable[str], said: Said | Unsaid | None, then: Tree, now: Tree
) -> tuple[Compared, ...]:
    """One for each proto file that moved, with what buf says breaks in it.

    Where buf gave no answer, each of them may break its consumers.
    """
    by_path: dict[str, list[Change]] = {p: [] for p in moved if p.endswith(".proto")}
    if isinstance(said, Said):
        for one in said.messages:
            path = FOLDER + (one.path.removeprefix(_BEFORE) or "buf.yaml")
            by_path.setdefault(path, []).append(_change(one, now.shown(path)))
    else:
        reason = said.reason if said else "nobody asked buf"
        for changes in by_path.values():
            changes.append(
                Change(Kind.PROTO, "undecided", "buf", reason, None, None, unknown=_CONSUMER)
            )
    return tuple(
        _compared(mesh, path, tuple(changes), then, now)
        for path, changes in sorted(by_path.items())
    )


def _change(one: Message, shown: str) -> Change:
    spot = Spot("", Place(shown, one.line, one.column))
    return Change(Kind.PROTO, "incompatible", one.rule, one.text, None, spot, _CONSUMER)


def _compared(
    mesh: Mesh, path: str, changes: tuple[Change, ...], then: Tree, now: Tree
) -> Compared:
    old, new = then.entries.get(path), now.entries.get(path)
    file = ContractFile(Kind.PROTO, path, now.shown(path), old, new)
    owner = owner_of(mesh, path.removeprefix(FOLDER))
    if owner is None:
        return Compared(file, (), (), changes, "buf")
    return Compared(file, (owner,), mesh.graph.dependents.get(owner, ()), changes, "buf")
