"""Notes which commit a mesh is at, and what of a release differs from it; never fails."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tierline.contracts.identity import contracts_id, is_contract
from tierline.errors import TierlineError
from tierline.evidence.contents import with_contents
from tierline.evidence.git import changed_paths, head
from tierline.facts.origin import Origin
from tierline.mesh.tree import Tree

CONTRACTS = "contracts"
"""what `Origin.uncommitted` calls contracts that differ"""


def origin_of(root: Path, tree: Tree, folders: Mapping[str, str]) -> Origin:
    """Where a release of some services (id -> folder, relative to the mesh) comes from.

    Without a repository, or a commit in it, only the contracts are known.
    """
    contracts = contracts_id(with_contents(root, tree, is_contract))
    try:
        commit = head(root)
        changed = changed_paths(root, commit)
    except TierlineError:
        return Origin(contracts=contracts)
    return Origin(commit, contracts, _uncommitted(changed, folders))


def _uncommitted(changed: tuple[str, ...], folders: Mapping[str, str]) -> tuple[str, ...]:
    depth = {folder.count("/") + 1 for folder in folders.values() if folder}
    touched = {path.split("/", 1)[0] for path in changed} & {CONTRACTS}
    parts = [path.split("/") for path in changed]
    inside = {"/".join(part[:size]) for part in parts for size in depth}
    named = sorted(name for name, folder in folders.items() if folder in inside)
    return (*sorted(touched), *named)
