"""What `tierline register` does between its arguments and its exit code."""

from __future__ import annotations

import difflib
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from tierline.cli.refusing import refused
from tierline.cli.session import local_history
from tierline.conductor.assess import choose
from tierline.conductor.checking import checked
from tierline.conductor.look import Look
from tierline.errors import TierlineError
from tierline.evidence.content import Content
from tierline.evidence.revisions import revisions
from tierline.evidence.tree import read_tree
from tierline.facts.decision import Decision, worst
from tierline.mesh.defect import Defect
from tierline.mesh.manifests import IMPLEMENTED
from tierline.mesh.names import index_key
from tierline.readiness.register import Checklist, Programs, checklist, is_source
from tierline.report.register_text import Registration
from tierline.scaffold.asked import KITS, is_scaffold
from tierline.scaffold.changes import Change, make
from tierline.scaffold.yaml_edit import NotEditable, add_item

if TYPE_CHECKING:
    from tierline.conductor.workspace import Workspace

_EMPTY = b"version: 1\nimplemented_services: []\n"


def register(
    workspace: Workspace, selection: str, *, ready_only: bool, dry_run: bool
) -> tuple[Registration, str]:
    """List what is ready, all of the selection or nothing; and the difference to the list.

    `ready_only` lists those that are ready and leaves the others.
    """
    before = _list(workspace)
    chosen = choose(workspace, selection, Look())
    check = checked(workspace, None, time.time())
    programs = _programs(workspace, chosen)
    mesh = workspace.mesh
    found = tuple(checklist(mesh.services[name], mesh, check, programs) for name in chosen)
    decision = worst(one.decision for one in found)
    wanted = _wanted(found, decision, ready_only=ready_only)
    shown = workspace.tree.shown(IMPLEMENTED)
    content = _added(before or _EMPTY, shown, wanted)
    if wanted and not dry_run:
        make([Change(workspace.root, IMPLEMENTED, content, before)])
    if wanted and ready_only:
        decision = Decision.GO
    made = Registration(workspace.environment, decision, found, wanted, shown, dry_run)
    return made, _difference(before or b"", content, shown) if wanted else ""


def _list(workspace: Workspace) -> bytes | None:
    """The list as it is; None where there is none. UsageError with every error in it."""
    shown = workspace.tree.shown(IMPLEMENTED)
    entry = workspace.tree.entries.get(IMPLEMENTED)
    if entry is None:
        return None
    wrong = [one for one in workspace.mesh.defects if one.place.path == shown]
    if wrong:
        raise refused(f"{shown} cannot be added to", wrong)
    return entry.content


def _wanted(found: Sequence[Checklist], decision: Decision, *, ready_only: bool) -> tuple[str, ...]:
    if decision is not Decision.GO and not ready_only:
        return ()
    ready = (one for one in found if one.decision is Decision.GO and not one.listed)
    return tuple(one.service_id for one in ready)


def _added(content: bytes, shown: str, names: Sequence[str]) -> bytes:
    try:
        for name in names:
            content = add_item(content, shown, "implemented_services", name, index_key)
    except NotEditable as error:
        fix = "add it by hand, or write the list as one line an id"
        problem = Defect("write/not-editable", error.reason, error.place, fix)
        raise refused("the list cannot be added to", [problem]) from error
    return content


def _difference(before: bytes, after: bytes, shown: str) -> str:
    old, new = (text.decode().splitlines(keepends=True) for text in (before, after))
    return "".join(difflib.unified_diff(old, new, f"a/{shown}", f"b/{shown}"))


def _programs(workspace: Workspace, chosen: Sequence[str]) -> Programs:
    """The sources of the chosen services, and what the journal says of them."""
    mesh, root = workspace.mesh, workspace.root
    heads = tuple(f"{mesh.services[name].path}/" for name in chosen if mesh.services[name].path)
    kits = frozenset(KITS.values())
    tree = read_tree(
        root,
        root.name,
        lambda path: path in kits or (is_source(path) and path.startswith(heads)),
    )
    scaffolds = (name for name in chosen if is_scaffold(mesh.services[name], mesh, tree))
    return Programs(tree, workspace.environment, frozenset(scaffolds), _verified(workspace, chosen))


def _verified(workspace: Workspace, chosen: Sequence[str]) -> Mapping[str, bool]:
    """Service -> whether it was verified at the revision that is there; nothing where we cannot look."""
    from tierline.conductor.history import past_of

    try:
        with local_history(workspace) as store:
            past = past_of(store, workspace.environment).verified
    except TierlineError:
        return {}
    known = [name for name in chosen if name in past]
    content = Content.below(workspace.root)
    now = revisions(workspace.root, workspace.mesh, known, content, workspace.shipped)
    return {name: past[name] == now[name].id for name in known}
