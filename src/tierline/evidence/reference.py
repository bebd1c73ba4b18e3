"""Finds the commit that a release is compared with, and the contracts that it has.

In this order: what a person names, what the environment runs, where the branch left the default
branch, and on that branch itself the commit before. A bad name is an error; what git cannot tell is
a reason, never an answer.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tierline.errors import TierlineError, UsageError
from tierline.evidence.git import commit_of, edited_paths, head, top_level
from tierline.evidence.git_history import (
    Held,
    default_branch,
    files_at,
    merge_base,
    others_with,
    parent_of,
)
from tierline.evidence.released import Unsaid, released_contracts
from tierline.facts.origin import Running
from tierline.facts.reference import ContractsThen, NoReference, Reference, Then
from tierline.mesh.api_contracts import is_api_contract
from tierline.mesh.clean import clean
from tierline.mesh.event_contract import event_of
from tierline.mesh.index import PATH as INDEX
from tierline.mesh.tree import Entry, Kind, Tree

CONTRACTS = "contracts"
FILE_LIMIT = 4 * 1024 * 1024
"""bytes of a contract file: a longer one is not read"""
NOTHING = ""
"""the commit before the first: it has no files"""
_SHALLOW = "git fetch --unshallow, or name a commit that is there: --against REF"


def reference_of(root: Path, against: str = "") -> Reference | NoReference:
    """What a release of the mesh at `root` is compared with; UsageError for a bad `against`."""
    if against:
        return _named(root, against)
    try:
        return _by_history(root)
    except TierlineError as error:
        return NoReference(error.message, error.fix)


def contracts_at(root: Path, label: str, reference: Reference) -> Then:
    """Every file below `contracts/` at the reference; `label` shows paths as the mesh of today."""
    if reference.commit == NOTHING:
        return ContractsThen(reference, Tree(label))
    try:
        held = files_at(root, reference.commit, CONTRACTS, lambda _: FILE_LIMIT)
        was = "" if held else _was_at(root, reference.commit)
    except TierlineError as error:
        return NoReference(error.message, error.fix)
    at = clean(reference.name)
    for path in (path for path, file in held.items() if file.leads and not _is_known(path)):
        reason = (
            f"{clean(path)} was a link or another repository at {at}; nobody knows what it held"
        )
        return NoReference(reason, "name a commit that has the files themselves: --against REF")
    if was:
        reason = (
            f"the mesh was not in this folder at {at}; one in {clean(was)} is not there any more"
        )
        return NoReference(reason, "name a commit that has it here: --against REF")
    return ContractsThen(
        reference, Tree(label, {path: _entry(file) for path, file in held.items()})
    )


def contracts_then(
    root: Path, label: str, against: str = "", running: Running | None = None
) -> Then:
    """What the contracts said before; UsageError for a bad `against`.

    `running` is what the environment runs; it counts where nobody names a reference.
    """
    if against:
        return contracts_at(root, label, _named(root, against))
    found = Unsaid()
    if running is not None:
        found = released_contracts(
            running,
            lambda reference: contracts_at(root, label, reference),
            lambda commit: commit_of(root, commit),
        )
    if not isinstance(found, Unsaid):
        return found
    then = _before(root, label)
    return _because(then, running, found.reason) if running and found.reason else then


def _because(then: Then, running: Running, reason: str) -> Then:
    """The same, saying why what runs does not count."""
    why = f"what {clean(running.environment)} runs is not known: {reason}"
    if isinstance(then, NoReference):
        return replace(then, reason=f"{then.reason}; {why}")
    reference = replace(then.reference, how=f"{then.reference.how}; {why}")
    return replace(then, reference=reference)


def _before(root: Path, label: str) -> Then:
    """By the history alone, edits that are not committed yet included."""
    reference = reference_of(root)
    if isinstance(reference, NoReference):
        return reference
    then = contracts_at(root, label, reference)
    if isinstance(then, NoReference) or not reference.head:
        return then
    try:
        return _with_head(root, label, then, reference.head)
    except TierlineError as error:
        return NoReference(error.message, error.fix)


def _with_head(root: Path, label: str, then: ContractsThen, head: str) -> Then:
    """Contracts that only the newest commit has, and that were edited since, as that commit has them.

    The commit before says nothing of them, and an edit could break them unseen.
    """
    reference = then.reference
    edited = set(edited_paths(root, head, CONTRACTS)) - then.files.entries.keys()
    if not edited:
        return then
    if reference.commit == NOTHING:
        first = Reference(head[:12], head, "the first commit, since contracts were edited after it")
        return contracts_at(root, label, first)
    newest = contracts_at(root, label, Reference(head[:12], head, ""))
    if isinstance(newest, NoReference):
        return newest
    added = {path: entry for path, entry in newest.files.entries.items() if path in edited}
    how = f"{reference.how}; what only {head[:12]} has, with that" if added else reference.how
    files = Tree(label, dict(sorted({**then.files.entries, **added}.items())))
    return ContractsThen(replace(reference, how=how), files)


def _named(root: Path, against: str) -> Reference:
    try:
        commit = commit_of(root, against)
    except UsageError:
        raise
    except TierlineError as error:
        raise UsageError(
            f"--against {clean(against)} cannot be looked up: {error.message}",
            code="git/bad-reference",
            fix=error.fix,
        ) from error
    return Reference(clean(against), commit, "as --against says")


def _by_history(root: Path) -> Reference | NoReference:
    here = head(root)
    branch = default_branch(root)
    if not branch:
        return NoReference("no branch is called main or master, here or at origin")
    name = branch.removeprefix("refs/remotes/").removeprefix("refs/heads/")
    base = merge_base(root, here, commit_of(root, branch))
    if not base:
        return NoReference(f"this branch and {clean(name)} have no common history", _SHALLOW)
    if base != here:
        return Reference(base[:12], base, f"where this branch left {clean(name)}")
    parent = parent_of(root, here)
    if parent is None:
        return NoReference("the clone is shallow, so the commit before is not there", _SHALLOW)
    if parent == NOTHING:
        return Reference("nothing", NOTHING, "since no commit is before the first", here)
    return Reference(parent[:12], parent, f"the commit before on {clean(name)}", here)


def _was_at(root: Path, commit: str) -> str:
    """Where a mesh was that is gone, if there was none in this folder: it may be this one."""
    top = top_level(root)
    gone = (one for one in others_with(root, commit, INDEX) if not (top / one / INDEX).exists())
    return next(gone, "")


def _is_known(path: str) -> bool:
    """Whether a link in this place stands for one file that is compared, or for none that counts."""
    one = event_of(path) is not None or is_api_contract(path) or path.endswith(".proto")
    return one or path.endswith("/README.md")


def _entry(held: Held) -> Entry:
    return Entry(Kind.FILE, held.size, held.content, held.trouble)
