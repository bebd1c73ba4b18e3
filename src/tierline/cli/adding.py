"""What `tierline init --service` does between its arguments and its exit code."""

from __future__ import annotations

import shlex
import time
from collections.abc import Sequence
from pathlib import Path

from tierline.cli import output
from tierline.cli.refusing import refused
from tierline.errors import TierlineError
from tierline.evidence.git import changed_paths, top_level
from tierline.evidence.load import Loaded, load
from tierline.evidence.root import find_root
from tierline.facts.decision import Severity
from tierline.mesh.clean import clean
from tierline.mesh.defect import Defect, Place
from tierline.mesh.names import short_id
from tierline.mesh.parse import parse_mesh
from tierline.policy.builtin import builtin
from tierline.policy.model import EnvironmentKind
from tierline.readiness.check import check
from tierline.readiness.facts import GateFacts, wanted_by_gates
from tierline.readiness.model import Finding
from tierline.scaffold.asked import KITS, Asked, blank, judge
from tierline.scaffold.blank_service import BlankService, blank_service
from tierline.scaffold.changes import Change, conflicts, make
from tierline.scaffold.joining import COMPOSE, Edit, join_mesh
from tierline.scaffold.written import written

_BAD = frozenset({Severity.FAIL, Severity.UNKNOWN})
_NEEDED = frozenset({COMPOSE, *KITS.values()})


def add_service(root_path: Path | None, asked: Asked, *, dry_run: bool) -> int:
    """Add a service to a mesh: all of it or, with every reason, nothing."""
    root = find_root(Path.cwd(), root_path)
    loaded = load(root, also=lambda path: path in _NEEDED or wanted_by_gates(path))
    what = f"{clean(asked.service_id)} cannot be added to {clean(str(root), 200)}"
    problems = judge(asked, loaded.mesh, loaded.tree)
    if problems:
        raise refused(what, problems)
    new = blank(asked, loaded.mesh, loaded.tree)
    joined = join_mesh(new, loaded.mesh, loaded.tree, loaded.canonical)
    own = [Change(root, path, text.encode()) for path, text in blank_service(new)]
    changes = [*own, *(_change(root, loaded, edit) for edit in joined.edits)]
    problems = (
        *joined.problems,
        *(Defect("write/conflict", reason, Place("")) for reason in conflicts(changes)),
    )
    problems = problems or _worse(loaded, own, joined.edits)
    if problems:
        raise refused(what, problems)
    undo = _undo(root, new, changes)
    if not dry_run:
        make(changes)
    _tell(root, new, changes, undo if not dry_run else None)
    return 0


def _change(root: Path, loaded: Loaded, edit: Edit) -> Change:
    if edit.tree is loaded.tree:
        return Change(root, edit.path, edit.content, edit.before)
    return Change(root.parent, edit.tree.shown(edit.path), edit.content, edit.before)


def _worse(loaded: Loaded, own: Sequence[Change], edits: Sequence[Edit]) -> tuple[Defect, ...]:
    """What the gates would find in the mesh with the service, and do not find without it."""
    files = {change.path: change.content for change in own}
    files |= {edit.path: edit.content for edit in edits if edit.tree is loaded.tree}
    others = {edit.path: edit.content for edit in edits if edit.tree is not loaded.tree}
    tree = written(loaded.tree, files)
    canonical = written(loaded.canonical, others) if loaded.canonical else None
    after = Loaded(parse_mesh(tree, canonical), tree, canonical)
    known = {_known(one) for one in _found(loaded)}
    return tuple(
        Defect(one.code, one.message, one.place or Place(""), one.fix, one.service_id)
        for one in _found(after)
        if one.status in _BAD and _known(one) not in known
    )


def _found(loaded: Loaded) -> tuple[Finding, ...]:
    policy = builtin("local", EnvironmentKind.LOCAL, "local")
    return check(loaded.mesh, GateFacts(loaded.tree), policy, None, time.time()).findings


def _known(finding: Finding) -> tuple[str, str | None, str]:
    return finding.code, finding.service_id, finding.message


def _undo(root: Path, new: BlankService, changes: Sequence[Change]) -> str:
    """How to take it back by git; only said where git would take back nothing else."""
    changed = [change.file for change in changes if change.before is not None]
    try:
        above = root.parent if root.resolve() != top_level(root) else root
        dirty = {above / path for path in changed_paths(above, "HEAD")}
    except TierlineError:
        return ""
    if mixed := sorted(dirty & {*changed}):
        return f"{_from_here(mixed[0])} had changes already, which git restore would take back too"
    new_ones = (root / new.path, root / "contracts/openapi" / f"{new.folder}.yaml")
    restore, remove = (" ".join(shlex.quote(_from_here(file)) for file in files)
                       for files in (changed, new_ones))  # fmt: skip
    return f"to undo:\n    git restore {restore}\n    rm -r {remove}"


def _from_here(file: Path) -> str:
    here = Path.cwd()
    return str(file.relative_to(here) if file.is_relative_to(here) else file)


def _tell(root: Path, new: BlankService, changes: Sequence[Change], undo: str | None) -> None:
    """What was written (with `undo` None: would be), what to do next, and how to take it back."""
    made = [change for change in changes if change.before is None]
    changed = [change for change in changes if change.before is not None]
    verb = "would add" if undo is None else "added"
    owners = ", ".join((*new.owners, *new.externals)) or "nobody"
    lines = [
        f"{verb} {new.service_id} to domain {new.domain}; it reads data of {owners}",
        f"  {len(made) - 1} new files in {root.name}/{new.path}",
        f"  its contract {root.name}/contracts/openapi/{new.folder}.yaml",
        *(f"  changed {change.file.relative_to(root.parent)}" for change in changed),
    ]
    output.show("\n".join(lines))
    if undo is None:
        return
    short = short_id(new.service_id)
    here = "" if Path.cwd() in {root, root.parent} else f" --root-path {shlex.quote(str(root))}"
    output.note(f"next: tierline check{here} && tierline rollout +{short}{here}")
    output.note(
        "  it is a scaffold: once it has business code, contracts and tests,\n"
        f"    tierline register {short}{here}"
    )
    output.note(f"  nothing is committed, git status shows it{'; ' * bool(undo)}{undo}")
